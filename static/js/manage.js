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
