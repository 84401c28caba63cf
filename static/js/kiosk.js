// The query machine: what one person typed is wiped before the next comes; no page is kept to go back to.
(() => {
  "use strict";
  const { idle, idleHome } = document.body.dataset;
  const note = document.querySelector("[data-idle-note]");
  const wait = Number(idle) * 1000, grace = 20000, retry = 5000;
  let warning, leaving, gone = false;

  // Where nothing was typed at the beginning there is nothing to wipe: no question to an empty hall.
  const isClean = () => location.pathname === idleHome &&
    ![...document.querySelectorAll("input:not([type=hidden]), textarea")].some((field) => field.value);
  // A server that is being restarted would leave the browser on a page of its own that nobody can leave.
  const home = () => fetch(idleHome, { method: "HEAD", cache: "no-store" })
    .then((answer) => (answer.ok ? location.replace(idleHome) : Promise.reject(new Error(answer.status))))
    .catch(() => setTimeout(home, retry));
  const leave = () => {
    gone = true;
    document.getElementById("main").replaceChildren();
    home();
  };
  const warn = () => {
    if (isClean()) return again();
    note.hidden = false;
    note.querySelector("[data-idle-stay]").focus();
    leaving = setTimeout(leave, grace);
  };
  const again = () => {
    if (gone) return;
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
