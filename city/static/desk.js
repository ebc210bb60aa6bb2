// Puts the regions that changed in their places; every word comes from the server.

const QUIET_MS = 10_000;
const live = document.getElementById("live");
const lost = document.getElementById("lost");
let source = null;
let heard = 0;

function show(isLive) {
  live.hidden = !isLive;
  lost.hidden = isLive;
}

function replace(regions) {
  for (const [id, html] of Object.entries(regions)) {
    const place = document.getElementById(id);
    const focused = document.activeElement?.closest?.("[href]")?.getAttribute("href");
    const hadFocus = place.contains(document.activeElement) && place !== document.activeElement;
    place.innerHTML = html;
    if (hadFocus && focused) place.querySelector(`[href="${CSS.escape(focused)}"], [href="${focused}"]`)?.focus();
  }
}

function open() {
  source?.close();
  heard = Date.now();
  source = new EventSource(document.body.dataset.stream);
  source.addEventListener("regions", (event) => {
    heard = Date.now();
    replace(JSON.parse(event.data));
    show(true);
  });
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) source?.close();
  else open();
});

// A hole in the network raises no error: silence itself is the sign.
setInterval(() => {
  if (document.hidden || Date.now() - heard < QUIET_MS) return;
  show(false);
  open();
}, 2_000);

document.getElementById("reload").hidden = true;
open();
