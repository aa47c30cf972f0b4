// Shows one slide at a time. Its number stands in the address, so that a link or a reload finds it again.
const main = document.querySelector("main");
const slides = [...document.querySelectorAll("section")];
let now = 0;

function show(index) {
  now = Math.max(0, Math.min(slides.length - 1, index));
  slides.forEach((slide, i) => slide.classList.toggle("now", i === now));
  slides[now].focus({ preventScroll: true });  // a screen reader reads the slide's label
  history.replaceState(null, "", "#" + (now + 1));
}

function fromAddress() {
  show((parseInt(location.hash.slice(1), 10) || 1) - 1);
}

function fit() {
  const scale = Math.min(innerWidth / 1280, innerHeight / 720);
  main.style.transform = `scale(${scale}) translate(-50%, -50%)`;
}

function fullScreen() {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen();
}

const back = () => show(now - 1);
const on = () => show(now + 1);
const KEYS = {
  ArrowRight: on, ArrowDown: on, PageDown: on, " ": on, Enter: on,
  ArrowLeft: back, ArrowUp: back, PageUp: back, Backspace: back,
  Home: () => show(0), End: () => show(slides.length - 1),
  f: fullScreen, p: () => print(),
};

addEventListener("keydown", (event) => {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  // Space and Enter press a button or follow a link that has the focus.
  const presses = (key === " " || key === "Enter") && event.target.closest("button, a");
  if (!KEYS[key] || presses || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  if (key === " " && event.shiftKey) back();
  else KEYS[key]();
});
document.getElementById("back").addEventListener("click", back);
document.getElementById("on").addEventListener("click", on);
addEventListener("hashchange", fromAddress);
addEventListener("resize", fit);

document.documentElement.classList.add("live");
main.style.transformOrigin = "0 0";
fit();
fromAddress();
