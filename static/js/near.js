// Who is near: the phone's own position, asked for once, posted once, kept nowhere.
(() => {
  "use strict";
  const form = document.querySelector("form[data-here]");
  if (!form || !navigator.geolocation) return;
  const said = form.querySelector("[data-here-said]");
  form.addEventListener("submit", (event) => {
    if (form.elements.latitude.value) return;
    event.preventDefault();
    said.textContent = form.dataset.busy;
    navigator.geolocation.getCurrentPosition((found) => {
      form.elements.latitude.value = found.coords.latitude.toFixed(5);
      form.elements.longitude.value = found.coords.longitude.toFixed(5);
      form.requestSubmit();
    }, () => { said.textContent = form.dataset.failed; }, { timeout: 15000 });
  });
})();
