// The door at the desk: a digit chooses the line, a letter sends it with its outcome: two keys a visit.
(() => {
  const typing = (element) => element.matches("input:not([type=radio]):not([type=checkbox]), textarea, select");
  const keysOff = () => document.documentElement.dataset.keys === "off" || localStorage.getItem("keys") === "off";

  document.addEventListener("keydown", (event) => {
    const form = document.querySelector("[data-two-keys]");
    if (!form || event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || keysOff()) return;
    if (/^[1-9]$/.test(event.key)) {
      const radio = form.querySelectorAll(".v-lines input[type=radio]")[Number(event.key) - 1];
      if (radio) {
        radio.checked = true;
        radio.focus();
        event.preventDefault();
      }
      return;
    }
    const button = form.querySelector(`[data-letter="${CSS.escape(event.key.toLowerCase())}"]`);
    if (button && form.querySelector(".v-lines input:checked")) {
      event.preventDefault();
      button.click();
    }
  });
})();
