// The query machine: what one person typed is wiped before the next comes; no page is kept to go back to.
(() => {
  "use strict";
  const { idle, idleHome } = document.body.dataset;
  const note = document.querySelector("[data-idle-note]");
  const wait = Number(idle) * 1000, grace = 20000, retry = 5000;
  let warning, leaving, gone = false;

  // ── the network is away: the page stays as it is, says so, and goes on once when the house answers ──
  const net = document.querySelector("[data-net-note]");
  const PROBE = 4000, TRY = 3000;
  let held = 0, passing = false;
  const reached = () => fetch(idleHome, { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(PROBE) })
    .then((answer) => answer.ok).catch(() => false);
  const drop = () => { clearTimeout(held); held = 0; net.hidden = true; };
  // Tries until it is done; `go` gives false where the house was not reached.
  const until = async (go, words) => {
    drop();
    if (gone || await go()) return;
    if (gone) return;
    net.querySelector("[data-net-said]").textContent = words;
    net.hidden = false;
    held = setTimeout(() => until(go, words), TRY);
  };
  net.querySelector("[data-net-drop]").addEventListener("click", drop);
  const away = (url) => { location.assign(url); return true; };
  const native = (form, submitter) => { passing = true; form.requestSubmit(submitter); passing = false; return true; };
  // A form with a key may be sent again: whatever was lost, the question or the answer, it is one request.
  const post = async (form, submitter) => {
    const body = new FormData(form, submitter);
    try {
      const answer = await fetch(form.action, { method: "POST", body, headers: { "X-Kept": "1" }, signal: AbortSignal.timeout(20000) });
      if (answer.ok) return away((await answer.json()).url);
      return answer.status >= 500 ? false : native(form, submitter);  // refused: its page says why
    } catch { return false; }
  };
  addEventListener("submit", (event) => {
    const { target: form, submitter } = event;
    if (passing || event.defaultPrevented || form.closest("[hx-post], [hx-get]")) return;
    event.preventDefault();
    const words = form.method === "post" ? document.body.dataset.cut : document.body.dataset.cutPage;
    const send = form.querySelector("input[name=key]") ? () => post(form, submitter)
      : async () => (await reached()) && native(form, submitter);
    until(send, words);
  });
  addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || event.defaultPrevented || link.getAttribute("href").startsWith("#") || link.origin !== location.origin) return;
    event.preventDefault();
    until(async () => (await reached()) && away(link.href), document.body.dataset.cutPage);
  });
  addEventListener("htmx:sendError", () => until(reached, document.body.dataset.cutPage));

  // Where nothing was typed at the beginning there is nothing to wipe: no question to an empty hall.
  const isClean = () => location.pathname === idleHome &&
    ![...document.querySelectorAll("input:not([type=hidden]), textarea")].some((field) => field.value);
  // A server that is being restarted would leave the browser on a page of its own that nobody can leave.
  const home = () => fetch(idleHome, { method: "HEAD", cache: "no-store" })
    .then((answer) => (answer.ok ? location.replace(idleHome) : Promise.reject(new Error(answer.status))))
    .catch(() => setTimeout(home, retry));
  const leave = () => {
    gone = true;
    drop();
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
