// The display of a hall or a window: asks for its middle part whenever something happened, speaks each call once,
// says when it is cut off, and catches up by itself.
(() => {
  "use strict";
  const { stream, now, lost, speaks } = document.body.dataset;
  const state = document.querySelector("[data-state]");
  const sound = document.querySelector("[data-sound]");
  const spoken = new Set([...document.querySelectorAll("[data-call]")].map((row) => row.dataset.call));
  const EVERY = 10000, SAID = 8000;
  let asking = false, again = false;

  const say = (text) => {
    if (speaks === undefined || !window.speechSynthesis) return;
    const words = new SpeechSynthesisUtterance(text);
    words.lang = document.documentElement.lang || "zh-CN";
    words.rate = 0.9;
    window.speechSynthesis.speak(words);
  };
  const renew = async () => {
    if (asking) { again = true; return; }
    asking = true;
    try {
      const answer = await fetch(now, { cache: "no-store", headers: { "X-Live": "1" } });
      if (!answer.ok) throw new Error(answer.status);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      document.getElementById("now").replaceWith(page.getElementById("now"));
      state.textContent = "";
      document.querySelectorAll("[data-call]").forEach((row) => {
        if (spoken.has(row.dataset.call)) return;
        spoken.add(row.dataset.call);
        say(row.dataset.say);
      });
    } catch {
      state.textContent = lost;
    }
    asking = false;
    if (again) { again = false; renew(); }
  };

  // Browsers speak only after somebody has touched the page.
  if (sound && speaks !== undefined && window.speechSynthesis) {
    sound.hidden = false;
    sound.addEventListener("click", () => { say(sound.textContent.trim()); sound.hidden = true; });
  }
  if (window.EventSource) {
    const source = new EventSource(stream);
    source.onmessage = renew;
    source.onopen = renew;  // what was called while it was cut off
  }
  setInterval(renew, EVERY);
  // What was said to one person is gone before the next sits down.
  document.querySelectorAll("[data-passing]").forEach((one) => setTimeout(() => one.remove(), SAID));
})();
