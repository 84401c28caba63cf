// The query machine: what one person typed is wiped before the next comes; no page is kept to go back to.
(() => {
  "use strict";
  const { idle, idleHome } = document.body.dataset;
  const note = document.querySelector("[data-idle-note]");
  const wait = Number(idle) * 1000, grace = 20000;
  let warning, leaving;

  const leave = () => {
    document.querySelectorAll("form").forEach((form) => form.reset());
    location.replace(idleHome);
  };
  const warn = () => {
    note.hidden = false;
    note.querySelector("[data-idle-stay]").focus();
    leaving = setTimeout(leave, grace);
  };
  const again = () => {
    clearTimeout(warning);
    clearTimeout(leaving);
    note.hidden = true;
    warning = setTimeout(warn, wait);
  };
  ["pointerdown", "keydown", "input", "scroll"].forEach((name) => addEventListener(name, again, { passive: true }));
  // A page that the browser kept is asked for anew: it may hold what somebody else typed.
  addEventListener("pageshow", (event) => { if (event.persisted) location.replace(idleHome); });
  again();
})();
