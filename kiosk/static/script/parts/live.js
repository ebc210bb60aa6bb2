// <bike-live src>: redraws [data-live] regions from the page's event stream and says when the stream falls silent.
const SILENCE_MS = 6000; // the server speaks at least every 3 s
const GIVE_UP_MS = 12000;

class BikeLive extends HTMLElement {
  connectedCallback() {
    if (!this.getAttribute("src")) return;
    this.banner = this.querySelector("[data-link-lost]");
    this.onVisibility = () => (document.hidden ? this.close() : this.open());
    document.addEventListener("visibilitychange", this.onVisibility);
    addEventListener("pagehide", () => this.close());
    addEventListener("pageshow", (event) => event.persisted && this.open());
    this.open();
  }

  disconnectedCallback() {
    document.removeEventListener("visibilitychange", this.onVisibility);
    this.close();
  }

  open() {
    this.close();
    this.heard = performance.now();
    this.source = new EventSource(this.getAttribute("src"));
    for (const kind of ["state", "change", "beat"]) {
      this.source.addEventListener(kind, (event) => this.hear(JSON.parse(event.data)));
    }
    this.watchdog = setInterval(() => this.watch(), 1000);
  }

  close() {
    clearInterval(this.watchdog);
    this.source?.close();
    this.source = undefined;
  }

  hear(regions) {
    this.heard = performance.now();
    this.banner.hidden = true;
    for (const [name, html] of Object.entries(regions)) redraw(name, html);
  }

  watch() {
    const silence = performance.now() - this.heard;
    this.banner.hidden = silence < SILENCE_MS;
    const closed = this.source?.readyState === EventSource.CLOSED;
    if (silence > GIVE_UP_MS || (closed && silence > SILENCE_MS)) {
      const heard = this.heard;
      this.open();
      this.banner.hidden = false;
      this.heard = Math.max(heard, performance.now() - SILENCE_MS);
    }
  }
}

const drawn = new Map();
const missed = new Map();
let touched; // the region under a finger: drawn anew it would lose a tap, a long press or a line on its way

document.addEventListener("pointerdown", ({ target }) => (touched = target.closest?.("[data-live]")), true);
for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, () => setTimeout(letGo), true);
addEventListener("blur", letGo);

// After the click that a finger leaves behind.
function letGo() {
  touched = undefined;
  for (const [name, html] of missed) redraw(name, html);
  missed.clear();
}

function redraw(name, html) {
  const region = document.querySelector(`[data-live="${name}"]`);
  if (!region || drawn.get(name) === html) return;
  if (region === touched) return void missed.set(name, html);
  const first = !drawn.has(name);
  drawn.set(name, html);
  if (first && sameMarkup(region, html)) return;
  const focused = region.contains(document.activeElement) ? document.activeElement.id : "";
  region.innerHTML = html;
  if (focused) document.getElementById(focused)?.focus();
}

// The first event mostly repeats what the page was drawn with; a needless redraw would restart its 3D view.
function sameMarkup(region, html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.innerHTML.trim() === region.innerHTML.trim();
}

customElements.define("bike-live", BikeLive);
