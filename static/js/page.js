// Every page: menus that close, copy, print, read aloud, focus on errors. Nothing here is needed to get anything done.
(() => {
  "use strict";
  const root = document.documentElement;
  root.classList.add("js");
  const each = (selector, act) => document.querySelectorAll(selector).forEach(act);

  // An open menu closes on Escape (focus back on its button) and on a click elsewhere.
  const closeMenus = (except) => each("details[data-menu][open]", (menu) => { if (menu !== except) menu.open = false; });
  document.addEventListener("click", (event) => closeMenus(event.target.closest("details[data-menu]")));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = event.target.closest("details[data-menu][open]");
    closeMenus();
    if (menu) menu.querySelector("summary").focus();
  });

  const copy = async (button) => {
    await navigator.clipboard.writeText(button.dataset.copy);
    const label = button.getAttribute("aria-label");
    button.setAttribute("aria-label", button.dataset.done);
    button.classList.add("is-done");
    setTimeout(() => { button.setAttribute("aria-label", label); button.classList.remove("is-done"); }, 2000);
  };

  const speech = window.speechSynthesis;
  const read = (button) => {
    const word = button.querySelector("span");
    button.dataset.start ||= word.textContent;
    if (speech.speaking) { speech.cancel(); word.textContent = button.dataset.start; return; }
    const words = new SpeechSynthesisUtterance(document.querySelector(button.dataset.readAloud).innerText);
    words.lang = root.lang;
    words.rate = 0.9;
    words.onend = () => { word.textContent = button.dataset.start; };
    word.textContent = button.dataset.stop;
    speech.speak(words);
  };
  if (speech) {
    each("[data-read-aloud]", (button) => { button.hidden = false; });
    window.addEventListener("pagehide", () => speech.cancel());
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy], [data-print], [data-read-aloud]");
    if (!button) return;
    if ("copy" in button.dataset) copy(button);
    else if ("print" in button.dataset) window.print();
    else read(button);
  });

  const focusErrors = () => document.querySelector("[data-focus]")?.focus();
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", focusErrors);
  else focusErrors();
})();
