// Says at the top of a machine's page why something was not done; the words come from the bike or from the page.
const place = document.querySelector("[data-refused]");

export function say(words) {
  place.textContent = words;
  place.hidden = !words;
}

export const sayLost = () => say(place.dataset.lost);

// A refusal comes as the page that a browser without script would show.
export async function sayRefusal(answer) {
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  say(page.querySelector("[data-sentence] p, main p")?.textContent.trim() ?? place.dataset.lost);
}
