// <bike-idle after>: when nobody has touched the tablet for so many seconds it asks, then forgets the drafts and goes
// home in French; at home it shows what can be made. A person's own phone is never reset.
import { forgetDrafts, hasDrafts } from "./draft.js";

const REST = "rest";
const PHONE_PX = 500;
const SIGNS = ["pointerdown", "keydown", "input", "wheel", "touchstart"];

class BikeIdle extends HTMLElement {
  connectedCallback() {
    const after = Number(this.getAttribute("after"));
    if (!after || Math.min(screen.width, screen.height) < PHONE_PX) return;
    this.afterMs = after * 1000;
    this.dialog = this.querySelector("dialog");
    this.left = this.querySelector("[data-left]");
    for (const sign of SIGNS) addEventListener(sign, () => this.stir(), { passive: true, capture: true });
    this.dialog.addEventListener("close", () => this.stir());
    addEventListener("pageshow", () => this.stir());
    if (sessionStorage.getItem(REST)) this.rest();
    sessionStorage.removeItem(REST);
    this.stir();
  }

  get home() {
    return document.querySelector("#attract");
  }

  stir() {
    if (!this.dialog) return; // a person's own phone
    clearTimeout(this.timer);
    clearInterval(this.countdown);
    if (this.dialog.open) this.dialog.close();
    this.timer = setTimeout(() => this.ask(), this.afterMs);
  }

  async ask() {
    if (this.home && !(await hasDrafts())) return this.leave();
    const end = performance.now() + Number(this.dialog.dataset.seconds) * 1000;
    this.dialog.showModal();
    this.countdown = setInterval(() => {
      const leftMs = end - performance.now();
      this.left.textContent = Math.max(Math.ceil(leftMs / 1000), 0);
      if (leftMs <= 0) this.leave();
    }, 250);
  }

  async leave() {
    clearInterval(this.countdown);
    await forgetDrafts();
    if (this.home && document.documentElement.lang === "fr" && !this.dialog.open) return this.rest();
    sessionStorage.setItem(REST, "yes");
    location.replace("/?langue=fr");
  }

  async rest() {
    if (!this.home) return;
    const { attract } = await import("./attract.js");
    attract(this.home);
  }
}

customElements.define("bike-idle", BikeIdle);
