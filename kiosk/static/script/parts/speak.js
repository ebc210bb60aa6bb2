// [data-speak]: reads the page's question aloud. "bike-speak" lets a part of the page say what it shows just now. Only with a voice of the tablet itself: others send words away.
const button = document.querySelector("[data-speak]");
const voices = window.speechSynthesis;

function voice() {
  const { lang } = document.documentElement;
  return voices.getVoices().find((one) => one.localService && one.lang.startsWith(lang));
}

function speak() {
  voices.cancel();
  document.dispatchEvent(new Event("bike-speak"));
  const words = [...document.querySelectorAll("h1, main [data-say]")]
    .filter((one) => one.checkVisibility?.() ?? one.offsetParent)
    .map((one) => one.textContent.trim().replace(/\s+/g, " "))
    .filter(Boolean);
  const said = new SpeechSynthesisUtterance(words.join("\n"));
  said.voice = voice();
  said.lang = said.voice.lang;
  said.rate = 0.9;
  voices.speak(said);
}

const offer = () => (button.hidden = !voice());

if (button && voices) {
  button.addEventListener("click", speak);
  button.addEventListener("mousedown", (event) => event.preventDefault()); // what is chosen stays chosen
  voices.addEventListener("voiceschanged", offer);
  addEventListener("pagehide", () => voices.cancel());
  offer();
}
