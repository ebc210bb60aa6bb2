// [data-speak]: reads the page's question aloud. Only with a voice of the tablet itself: others send words away.
const button = document.querySelector("[data-speak]");
const voices = window.speechSynthesis;

function voice() {
  const { lang } = document.documentElement;
  return voices.getVoices().find((one) => one.localService && one.lang.startsWith(lang));
}

function speak() {
  voices.cancel();
  const words = [...document.querySelectorAll("main h1, main [data-say]")]
    .filter((one) => one.checkVisibility?.() ?? one.offsetParent)
    .map((one) => one.textContent.trim());
  const said = new SpeechSynthesisUtterance(words.join("\n"));
  said.voice = voice();
  said.lang = said.voice.lang;
  said.rate = 0.9;
  voices.speak(said);
}

const offer = () => (button.hidden = !voice());

if (button && voices) {
  button.addEventListener("click", speak);
  voices.addEventListener("voiceschanged", offer);
  addEventListener("pagehide", () => voices.cancel());
  offer();
}
