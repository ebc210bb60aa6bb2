// <bike-upload form limit>: drop, progress, and the chosen file as a draft; without it the form works all the same.
import { loadDraft, saveDraft } from "./draft.js";
import { deliver } from "./send.js";

class BikeUpload extends HTMLElement {
  async connectedCallback() {
    this.form = document.getElementById(this.getAttribute("form"));
    this.input = this.querySelector("input[type=file]");
    this.zone = this.querySelector(".drop");
    this.words = this.querySelector("[data-name]");
    this.bar = this.querySelector("progress");
    this.wrong = this.querySelector("[data-wrong]");
    this.input.addEventListener("change", () => this.chosen());
    this.form.addEventListener("submit", (event) => this.send(event));
    for (const kind of ["dragover", "dragleave", "drop"]) {
      this.zone.addEventListener(kind, (event) => this.drag(event));
    }
    if (!this.input.files.length) this.put(await loadDraft("file"));
    this.show();
  }

  put(file) {
    if (!file) return;
    const held = new DataTransfer(); // the only way to fill a file field
    held.items.add(file);
    this.input.files = held.files;
  }

  drag(event) {
    event.preventDefault();
    this.zone.classList.toggle("over", event.type === "dragover");
    if (event.type === "drop" && event.dataTransfer.files.length) {
      this.input.files = event.dataTransfer.files;
      this.chosen();
    }
  }

  chosen() {
    saveDraft("file", this.input.files[0]);
    this.show();
  }

  show() {
    const [file] = this.input.files;
    this.words.textContent = file ? file.name : this.words.dataset.empty;
    this.zone.classList.toggle("full", Boolean(file));
    if (this.tooLarge()) this.say(this.querySelector("[data-too-large]").textContent);
    else this.wrong.hidden = true;
  }

  tooLarge() {
    return this.input.files[0]?.size > Number(this.getAttribute("limit"));
  }

  async send(event) {
    event.preventDefault();
    if (!this.input.files.length || this.tooLarge()) return this.show();
    this.busy(true);
    const answer = await deliver(this.form.action, new FormData(this.form), (share) => (this.bar.value = 100 * share));
    if (answer.status < 400) return location.assign(answer.url);
    const page = new DOMParser().parseFromString(answer.text, "text/html");
    this.say(page.querySelector("[data-sentence] p")?.textContent ?? this.querySelector("[data-broken]").textContent);
  }

  say(sentence) {
    this.busy(false);
    this.wrong.textContent = sentence;
    this.wrong.hidden = false;
    this.wrong.scrollIntoView({ block: "nearest" });
  }

  busy(now) {
    this.wrong.hidden = true;
    this.bar.hidden = !now;
    for (const button of document.querySelectorAll(`button[form="${this.form.id}"]`)) button.disabled = now;
  }
}

customElements.define("bike-upload", BikeUpload);
