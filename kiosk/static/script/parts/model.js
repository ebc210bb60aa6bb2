// <bike-model form>: the drawn model follows its form: words, choices, sizes.
class BikeModel extends HTMLElement {
  connectedCallback() {
    this.form = document.getElementById(this.getAttribute("form"));
    this.form.addEventListener("input", () => this.follow());
    document.fonts?.ready.then(() => this.follow());
    this.follow();
  }

  follow() {
    for (const text of this.querySelectorAll("[data-word]")) write(text, this.form.elements[text.dataset.word].value);
    for (const place of this.querySelectorAll("[data-amount]")) {
      const field = this.form.elements[place.dataset.amount];
      place.textContent = `${field.value} ${field.nextElementSibling?.textContent ?? ""}`;
    }
    for (const radio of this.form.querySelectorAll("input[type=radio]:checked")) this.dataset[radio.name] = radio.value;
  }
}

// Long words become smaller, then narrower, as they do on the object.
function write(text, words) {
  const size = Number(text.dataset.size);
  text.textContent = words;
  text.removeAttribute("textLength");
  text.setAttribute("font-size", size);
  const share = text.dataset.room / Math.max(text.getComputedTextLength(), 1);
  if (share >= 1) return;
  text.setAttribute("font-size", Math.max(size * share, size * 0.6));
  if (share >= 0.6) return;
  text.setAttribute("textLength", text.dataset.room);
  text.setAttribute("lengthAdjust", "spacingAndGlyphs");
}

customElements.define("bike-model", BikeModel);
