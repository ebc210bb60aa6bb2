// <bike-settings>: what is changed on the check page is prepared anew at once; a wish outlives a hole in the Wi-Fi.
import { loadDraft, saveDraft } from "./draft.js";
import { deliver } from "./send.js";

const CALM_MS = 600; // after the last move of a slider
const KEPT = "wish";

class BikeSettings extends HTMLElement {
  async connectedCallback() {
    this.form = this.querySelector("form");
    this.page = document.querySelector("[data-changing]");
    this.wrong = this.querySelector("[data-wrong]");
    this.form.addEventListener("input", () => this.wish());
    this.form.addEventListener("submit", (event) => this.now(event));
    this.press = ({ target }) => this.pressed(target.closest(`button[form="${this.form.id}"][name="set"]`));
    document.addEventListener("click", (event) => this.press(event) && event.preventDefault());
    const kept = await loadDraft(KEPT);
    if (kept?.at === this.form.action) this.restore(new URLSearchParams(kept.said));
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
    this.press = () => false;
  }

  // A button names the value of one field; the sliders show it, too.
  pressed(button) {
    if (!button) return false;
    const [name, value] = button.value.split("=");
    this.restore(new URLSearchParams([[name, value]]));
    return true;
  }

  restore(said) {
    for (const [name, value] of said) {
      const field = this.form.elements[name];
      if (!field) continue;
      field.value = value;
      field.dispatchEvent?.(new Event("input", { bubbles: true }));
    }
    this.wish();
  }

  wish() {
    clearTimeout(this.timer);
    this.page.toggleAttribute("data-busy", true);
    this.timer = setTimeout(() => this.send(), CALM_MS);
  }

  now(event) {
    event.preventDefault();
    clearTimeout(this.timer);
    this.send();
  }

  async send() {
    this.waiting = true;
    if (this.sending || !this.form.reportValidity()) return;
    this.sending = true;
    while (this.waiting) await this.tell();
    this.sending = false;
    this.page.removeAttribute("data-busy");
  }

  async tell() {
    this.waiting = false;
    const said = new URLSearchParams(new FormData(this.form)).toString();
    await saveDraft(KEPT, { at: this.form.action, said });
    const answer = await deliver(this.form.action, new URLSearchParams(said));
    await saveDraft(KEPT, {});
    this.heard(answer, new URLSearchParams(said));
  }

  heard(answer, said) {
    const ok = answer.status < 400;
    const page = new DOMParser().parseFromString(answer.text, "text/html");
    this.wrong.hidden = ok;
    if (!ok) {
      this.wrong.textContent = page.querySelector("[data-sentence] p")?.textContent ?? "";
      return;
    }
    const address = new URL(answer.url);
    const moved = !address.pathname.startsWith("/verifier/") || said.get("device") !== this.form.dataset.device;
    if (moved) return void location.assign(answer.url);
    history.replaceState(null, "", address.pathname);
    this.form.action = address.pathname.replace("verifier", "changer");
    const live = document.querySelector("bike-live");
    live.setAttribute("src", `/flux${address.pathname}`);
    live.open();
  }
}

customElements.define("bike-settings", BikeSettings);
