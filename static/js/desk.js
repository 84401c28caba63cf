// The desk: keys, the case beside the list, and new work without a reload.
(() => {
  "use strict";
  const WIDE = window.matchMedia("(min-width: 1200px)");
  const typing = (target) => target.closest("input, textarea, select, [contenteditable]");

  // Single-letter keys can be switched off (WCAG 2.1.4); the choice stays on this device.
  const keysOn = () => localStorage.getItem("keys") !== "off";
  const showKeys = () => document.querySelectorAll("[data-keys-off]").forEach((button) => {
    button.textContent = keysOn() ? button.dataset.keysOff : button.dataset.keysOn;
  });
  showKeys();
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-keys-off]")) return;
    localStorage.setItem("keys", keysOn() ? "off" : "on");
    showKeys();
  });
  const step = (by) => {
    const rows = [...document.querySelectorAll("[data-row]")];
    if (!rows.length) return;
    const at = rows.indexOf(document.activeElement);
    const open = rows.findIndex((row) => row.getAttribute("aria-current"));
    const from = at >= 0 ? at : open;
    rows[Math.min(rows.length - 1, Math.max(0, from + by))].focus();
  };
  // Alt and a digit work while somebody writes: single letters would not.
  document.addEventListener("keydown", (event) => {
    if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || !/^Digit[1-3]$/.test(event.code)) return;
    const wanted = document.querySelector(`[data-alt-key="${event.code.slice(5)}"]`);
    if (!wanted) return;
    event.preventDefault();
    wanted.click();
  });
  document.addEventListener("keydown", (event) => {
    if (!keysOn() || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key === "j" || event.key === "k") step(event.key === "j" ? 1 : -1);
    else {
      const wanted = ["n", "/", "1", "2", "3"].includes(event.key) && document.querySelector(`[data-key="${event.key}"]`);
      if (!wanted) return;
      event.preventDefault();
      if (wanted.matches("input")) wanted.focus(); else wanted.click();
    }
  });

  // On a wide screen a row opens beside the list: same address, only its <… id="case"> is shown in #pane.
  const markOpen = () => {
    const number = new URLSearchParams(location.search).get("open");
    document.querySelectorAll("a[data-row]").forEach((row) => {
      const isOpen = Boolean(number) && row.pathname.split("/").includes(number);
      if (isOpen) row.setAttribute("aria-current", "true"); else row.removeAttribute("aria-current");
      row.parentElement.classList.toggle("is-open", isOpen);
    });
  };
  document.addEventListener("click", (event) => {
    const row = event.target.closest("a[data-row]");
    if (!row || !document.getElementById("pane") || !WIDE.matches || !window.htmx) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const here = new URL(location.href);
    here.searchParams.set("open", row.pathname.split("/").filter(Boolean).pop());
    history.replaceState(null, "", here);
    markOpen();
    window.htmx.ajax("GET", row.href, { target: "#pane", select: "#case", swap: "innerHTML", event });
  });
  // A list that was asked again keeps the row that was open and the row that had the focus.
  let focused = "";
  document.addEventListener("htmx:beforeSwap", () => {
    focused = document.activeElement?.closest?.("a[data-row]")?.href || "";
  });
  document.addEventListener("htmx:afterSettle", () => {
    if (document.getElementById("pane") && WIDE.matches) markOpen();
    const row = focused && [...document.querySelectorAll("a[data-row]")].find((other) => other.href === focused);
    if (row && document.activeElement === document.body) row.focus({ preventScroll: true });
    focused = "";
  });

  // What was just done is said once, inside the article; when the article asks itself anew a second later (its own
  // act is news too), the words stay where they are.
  let told = null;
  document.addEventListener("htmx:beforeSwap", (event) => {
    const byItself = event.detail.requestConfig?.headers["X-Live"];
    told = byItself ? event.detail.target.querySelector(":scope > [role=status]") : null;
  });
  document.addEventListener("htmx:afterSettle", () => {
    const article = told && document.getElementById("case");
    if (article && !article.querySelector(":scope > [role=status]")) article.prepend(told);
    told = null;
  });

  // A swap in the pane takes the focused button with it: the focus goes on to the errors, else to the new article.
  document.addEventListener("htmx:afterSettle", (event) => {
    const pane = event.target.closest?.("#pane");
    if (!pane || document.activeElement !== document.body) return;
    const to = pane.querySelector("[data-focus]") || pane.querySelector("#case");
    if (!to) return;
    to.tabIndex = -1;
    to.focus({ preventScroll: true });
  });

  // <body data-live="/stream">: each event of the stream becomes "live" on the body (and "live:<topic>"), for
  // hx-trigger="live from:body". Where the stream is cut it is asked again by the browser; after a pause, and
  // each minute where there is no stream, the lists are asked once.
  const tell = (topic) => {
    if (typing(document.activeElement || document.body) && document.activeElement.closest("[data-live-part]")) return;
    window.htmx?.trigger(document.body, "live", { topic });
    if (topic) window.htmx?.trigger(document.body, `live:${topic}`);
  };
  // What a page asks by itself is marked, so that an unattended desk still locks.
  document.addEventListener("htmx:configRequest", (event) => {
    const cause = event.detail.triggeringEvent;
    if (!cause || cause.type.startsWith("live")) event.detail.headers["X-Live"] = "1";
  });
  const live = document.body.dataset.live;
  let open = false;
  if (live && window.EventSource) {
    const stream = new EventSource(live, { withCredentials: true });
    stream.onopen = () => { if (open) tell(""); open = true; };
    stream.onmessage = (event) => tell(event.data);
    window.addEventListener("pagehide", () => stream.close());
  } else if (document.querySelector("[hx-trigger*='live']")) {
    setInterval(() => { if (!document.hidden) tell(""); }, 60000);
  }
})();
