// <bike-upload form limit>: drop, progress and a sentence when it fails; without it the form works all the same.
class BikeUpload extends HTMLElement {
  connectedCallback() {
    this.form = document.getElementById(this.getAttribute("form"));
    this.input = this.querySelector("input[type=file]");
    this.zone = this.querySelector(".drop");
    this.words = this.querySelector("[data-name]");
    this.bar = this.querySelector("progress");
    this.wrong = this.querySelector("[data-wrong]");
    this.input.addEventListener("change", () => this.show());
    this.form.addEventListener("submit", (event) => this.send(event));
    for (const kind of ["dragover", "dragleave", "drop"]) {
      this.zone.addEventListener(kind, (event) => this.drag(event));
    }
    this.show();
  }

  drag(event) {
    event.preventDefault();
    this.zone.classList.toggle("over", event.type === "dragover");
    if (event.type === "drop" && event.dataTransfer.files.length) {
      this.input.files = event.dataTransfer.files;
      this.show();
    }
  }

  show() {
    const [file] = this.input.files;
    this.words.textContent = file ? file.name : this.words.dataset.empty;
    if (file && file.size > Number(this.getAttribute("limit"))) this.fail("[data-too-large]");
    else this.wrong.hidden = true;
  }

  send(event) {
    event.preventDefault();
    const [file] = this.input.files;
    if (!file || file.size > Number(this.getAttribute("limit"))) return this.show();
    const request = new XMLHttpRequest(); // fetch tells no upload progress
    request.open("POST", this.form.action);
    request.upload.addEventListener("progress", (now) => (this.bar.value = (100 * now.loaded) / now.total));
    request.addEventListener("load", () => this.arrived(request));
    request.addEventListener("error", () => this.fail("[data-broken]"));
    this.busy(true);
    request.send(new FormData(this.form));
  }

  arrived(request) {
    if (request.status < 400) {
      location.assign(request.responseURL);
      return;
    }
    const answer = new DOMParser().parseFromString(request.responseText, "text/html");
    this.say(answer.querySelector("[data-sentence] p")?.textContent ?? this.querySelector("[data-broken]").textContent);
  }

  fail(selector) {
    this.say(this.querySelector(selector).textContent);
  }

  say(sentence) {
    this.busy(false);
    this.wrong.textContent = sentence;
    this.wrong.hidden = false;
    this.wrong.scrollIntoView({ block: "nearest" });
  }

  busy(now) {
    this.bar.hidden = !now;
    for (const button of document.querySelectorAll(`button[form="${this.form.id}"]`)) button.disabled = now;
  }
}

customElements.define("bike-upload", BikeUpload);
