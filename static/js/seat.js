// The seat: the browser's telephone (JsSIP), the call that opens by itself, function keys for everything.
(() => {
  "use strict";
  const $ = (selector, from = document) => from.querySelector(selector);

  // F-keys work while somebody writes: single letters would not.
  document.addEventListener("keydown", (event) => {
    if (!/^F\d+$/.test(event.key) || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    const button = [...document.querySelectorAll(`[data-fkey="${event.key}"]`)].find((one) => !one.hidden && !one.disabled);
    if (!button) return;
    event.preventDefault();
    if (button.matches("select, input")) button.focus(); else button.click();
  });

  // Time runs by itself; the server sends only when something changed.
  setInterval(() => document.querySelectorAll("time[data-since]").forEach((time) => {
    const seconds = Math.max(0, Math.round((Date.now() - Date.parse(time.dateTime)) / 1000));
    time.textContent = `${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`;
  }), 500);

  // The call on this seat opens at the first ring; what is written of another one stays below it.
  let shown = "";
  const openCall = () => {
    const url = $("#strip")?.dataset.call || "";
    if (!url || url === shown || !$("#calls") || !window.htmx) return;
    shown = url;
    const pk = url.split("/").filter(Boolean).pop();
    if ($(`.s-call[data-pk="${pk}"]`)) return;
    window.htmx.ajax("GET", url, { target: "#calls", swap: "afterbegin" });
  };
  // What became of a third party: asked for when the strip says that it moved; the focus stays in the panel.
  const followThird = () => {
    const panel = $("#steer");
    const version = $("#strip")?.dataset.steer;
    if (!panel || version === undefined || panel.dataset.version === version || panel.dataset.asked === version) return;
    panel.dataset.asked = version;
    const hadFocus = panel.contains(document.activeElement);
    window.htmx.ajax("GET", panel.dataset.url, { target: "#steer", swap: "outerHTML" }).then(() => hadFocus && $("#steer button, #steer select")?.focus());
  };
  document.addEventListener("htmx:afterSettle", followThird);
  // Who asked for a call out need not take the telephone off as well.
  let dialled = 0;
  document.addEventListener("submit", (event) => { if (event.target.matches("[data-dial]")) dialled = Date.now(); });
  const look = () => window.htmx && $("#strip") && window.htmx.trigger("#strip", "look");
  document.addEventListener("htmx:afterSettle", openCall);
  window.addEventListener("load", openCall);

  // A second screen: another program opens /seat/#13900000000; a number in the path would stand in every log.
  const fromAddress = () => {
    const number = decodeURIComponent(location.hash.slice(1));
    const field = $("#number");
    if (!/^\+?[\d -]{3,20}$/.test(number) || !field) return;
    field.value = number;
    history.replaceState(null, "", location.pathname);
    field.form.requestSubmit();
  };
  window.addEventListener("load", fromAddress);
  window.addEventListener("hashchange", fromAddress);

  // Leaving with a call on the line would cut the caller off.
  let session = null;
  window.addEventListener("beforeunload", (event) => { if (session) event.preventDefault(); });

  const panel = $("#softphone");
  if (!panel) return;
  const say = (text) => { $(".s-phone__state", panel).textContent = text; };
  const words = panel.dataset;
  if (!window.isSecureContext || !navigator.mediaDevices) { say(words.https); return; }

  const button = (name) => $(`[data-do="${name}"]`, panel);
  const show = (...names) => panel.querySelectorAll("[data-do]").forEach((one) => { one.hidden = !names.includes(one.dataset.do); });
  const start = () => {
    const { JsSIP } = window;
    const host = new URL(words.url).hostname;
    const phone = new JsSIP.UA({
      sockets: [new JsSIP.WebSocketInterface(words.url)],
      uri: `sip:${words.name}@${host}`,
      password: words.secret,
      register_expires: 120,
      connection_recovery_min_interval: 1,
      connection_recovery_max_interval: 5,
      session_timers: false,
    });
    // The password is given to the exchange a moment after signing in: try again until it is there.
    phone.on("registrationFailed", () => { say(words.away); setTimeout(() => phone.isConnected() && !phone.isRegistered() && phone.register(), 1000); });
    phone.on("registered", () => { panel.dataset.registered = "1"; if (!session) say(words.ready); });
    phone.on("disconnected", () => { delete panel.dataset.registered; if (!session) say(words.away); });
    phone.on("newRTCSession", ({ session: incoming, originator }) => {
      if (originator !== "remote" || session) { incoming.terminate(); return; }
      ring(incoming);
    });
    phone.start();
    window.seatPhone = phone;
  };

  function ring(incoming) {
    session = incoming;
    say(`${words.ringing} ${incoming.remote_identity.uri.user}`);
    show("answer", "end");
    look();
    incoming.on("peerconnection", ({ peerconnection }) => { peerconnection.ontrack = ({ streams }) => { $("audio", panel).srcObject = streams[0]; }; });
    incoming.on("confirmed", () => { say(words.talking); show("hold", "mute", "end", "keys"); look(); });
    incoming.on("hold", () => { say(words.held); button("hold").setAttribute("aria-pressed", "true"); });
    incoming.on("unhold", () => { say(words.talking); button("hold").setAttribute("aria-pressed", "false"); });
    incoming.on("getusermediafailed", () => say(words.mic));
    const over = () => { session = null; show(); say(words.ready); look(); };
    incoming.on("ended", over);
    incoming.on("failed", over);
    if (Date.now() - dialled < 15000) { dialled = 0; acts.answer(); } else button("answer").focus();
  }

  const acts = {
    answer: () => session.answer({ mediaConstraints: { audio: true, video: false }, pcConfig: { iceServers: [] } }),
    end: () => session.terminate(),
    hold: () => (session.isOnHold().local ? session.unhold() : session.hold()),
    mute: () => {
      const on = !session.isMuted().audio;
      if (on) session.mute({ audio: true }); else session.unmute({ audio: true });
      button("mute").setAttribute("aria-pressed", String(on));
    },
  };
  panel.addEventListener("click", (event) => {
    const wanted = event.target.closest("button[data-do]");
    if (wanted && session) acts[wanted.dataset.do]();
  });
  $("[data-keys]", panel).addEventListener("input", (event) => {
    const key = (event.data || "").slice(-1);
    if (session && /^[0-9*#]$/.test(key)) session.sendDTMF(key);
  });
  window.addEventListener("load", start);
})();
