// <bike-alerts>: sounds for what is new in its live region, an alarm again until it is seen or over; what somebody has
// seen is put away on this phone only. What has sounded is remembered from one page to the next.
import { beQuiet, chime, isQuiet } from "./chime.js";

const AGAIN_MS = 20000;

class Kept {
  constructor(name) {
    this.name = name;
    this.keys = new Set(JSON.parse(sessionStorage.getItem(name) ?? "[]"));
  }

  save(keys) {
    this.keys = new Set(keys);
    sessionStorage.setItem(this.name, JSON.stringify([...this.keys]));
  }
}

// One alert may stand for several, who come and go.
const keysOf = ({ dataset }) => (dataset.each ?? dataset.alert).split(" ");

class BikeAlerts extends HTMLElement {
  connectedCallback() {
    this.heard = new Kept("alerts-heard");
    this.seen = new Kept("alerts-seen");
    this.region = this.querySelector("[data-live]");
    this.silent = this.querySelector("[data-silent]");
    new MutationObserver(() => this.look()).observe(this.region, { childList: true });
    this.addEventListener("click", ({ target }) => this.putAway(target.closest("[data-seen]")));
    addEventListener("pointerup", () => (this.silent.hidden = true), true);
    setInterval(() => this.remind(), AGAIN_MS);
    this.watchLink();
    this.look();
  }

  get alerts() {
    return [...this.region.querySelectorAll("[data-alert]")];
  }

  look() {
    if (this.region.querySelector("[data-unknown]")) return void this.sayLost(); // no news is no end of a trouble
    this.isLost = false;
    const keys = this.alerts.flatMap(keysOf);
    this.seen.save([...this.seen.keys].filter((key) => keys.includes(key)));
    const fresh = this.alerts.filter((alert) => keysOf(alert).some((key) => !this.heard.keys.has(key)));
    this.heard.save(keys);
    for (const alert of this.alerts) {
      const { ofMachine, ofPage } = alert.dataset;
      alert.hidden = keysOf(alert).every((key) => this.seen.keys.has(key));
      alert.toggleAttribute("data-told-here", [ofMachine, ofPage].includes(this.getAttribute("here")));
      for (const button of alert.querySelectorAll("[data-seen]")) button.hidden = false;
    }
    this.sound(fresh);
  }

  sayLost() {
    if (!this.isLost) chime("alarm");
    this.isLost = true;
  }

  async sound(alerts) {
    if (!alerts.length) return;
    const loud = alerts.some(({ dataset }) => dataset.loud === "alarm");
    this.silent.hidden = await chime(loud ? "alarm" : "care");
  }

  remind() {
    if (document.hidden) return;
    this.sound(this.alerts.filter(({ dataset, hidden }) => dataset.loud === "alarm" && !hidden));
  }

  putAway(button) {
    const alert = button?.closest("[data-alert]");
    if (!alert) return;
    this.seen.save([...this.seen.keys, ...keysOf(alert)]);
    alert.hidden = true;
  }

  // The phone itself may have lost the bike: nothing else would tell.
  watchLink() {
    const lost = document.querySelector("[data-link-lost]");
    new MutationObserver(() => lost.hidden || chime("care")).observe(lost, { attributeFilter: ["hidden"] });
  }
}

customElements.define("bike-alerts", BikeAlerts);

// <bike-sound>: whether this phone sounds, and how.
class BikeSound extends HTMLElement {
  connectedCallback() {
    const box = this.querySelector("input");
    box.checked = !isQuiet();
    box.addEventListener("change", () => beQuiet(!box.checked));
    this.querySelector("button").addEventListener("click", () => chime("alarm"));
    this.hidden = false;
  }
}

customElements.define("bike-sound", BikeSound);
