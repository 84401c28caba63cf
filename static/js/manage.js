// Registers: the point where the phone is, into the form; typing it by hand always works.
(() => {
  "use strict";
  const button = document.querySelector("[data-locate]");
  if (!button || !navigator.geolocation) return;
  const said = document.querySelector("[data-locate-said]");
  const say = (text) => { if (said) said.textContent = text; };
  button.addEventListener("click", () => {
    say(button.dataset.busy);
    navigator.geolocation.getCurrentPosition((found) => {
      document.getElementById("id_latitude").value = found.coords.latitude.toFixed(6);
      document.getElementById("id_longitude").value = found.coords.longitude.toFixed(6);
      say(`${button.dataset.found} ${Math.round(found.coords.accuracy)} m`);
    }, () => say(button.dataset.failed), { enableHighAccuracy: true, timeout: 20000 });
  });
})();

// Announcements: whatever sound the browser knows becomes the WAV that the exchange plays, before it is sent.
(() => {
  "use strict";
  const RATE = 8000;
  const field = document.querySelector("input[data-to-wav]");
  const Audio = window.AudioContext || window.webkitAudioContext;
  if (!field || !Audio || !window.OfflineAudioContext || !window.DataTransfer) return;
  const said = document.createElement("p");
  said.setAttribute("role", "status");
  said.className = "quiet small";
  field.after(said);

  function wav(samples) {
    const view = new DataView(new ArrayBuffer(44 + samples.length * 2));
    const text = (at, word) => [...word].forEach((c, n) => view.setUint8(at + n, c.charCodeAt(0)));
    text(0, "RIFF"); view.setUint32(4, 36 + samples.length * 2, true); text(8, "WAVEfmt ");
    view.setUint32(16, 16, true); view.setUint16(20, 1, true); view.setUint16(22, 1, true);
    view.setUint32(24, RATE, true); view.setUint32(28, RATE * 2, true);
    view.setUint16(32, 2, true); view.setUint16(34, 16, true);
    text(36, "data"); view.setUint32(40, samples.length * 2, true);
    samples.forEach((one, n) => view.setInt16(44 + n * 2, Math.max(-1, Math.min(1, one)) * 32767, true));
    return view;
  }

  async function converted(file) {
    const context = new Audio();
    try {
      const sound = await context.decodeAudioData(await file.arrayBuffer());
      const offline = new OfflineAudioContext(1, Math.ceil(sound.duration * RATE), RATE);
      const source = offline.createBufferSource();
      source.buffer = sound;
      source.connect(offline.destination);
      source.start();
      return wav((await offline.startRendering()).getChannelData(0));
    } finally {
      context.close();
    }
  }

  field.addEventListener("change", async () => {
    const file = field.files[0];
    said.textContent = "";
    if (!file || file.name.toLowerCase().endsWith(".wav")) return;
    said.textContent = field.dataset.busy;
    try {
      const box = new DataTransfer();
      box.items.add(new File([await converted(file)], "sound.wav", { type: "audio/wav" }));
      field.files = box.files;
      said.textContent = field.dataset.toWav;
    } catch {
      said.textContent = field.dataset.failed;
    }
  });
})();
