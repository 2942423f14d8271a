// The chat page and the staff desk, live. Everything works without this file too, by plain forms and a reload.
"use strict";

const $ = (selector, root = document) => root.querySelector(selector);

// ---- the staff side: one region, replaced as a whole when it changed ----------------------------------------------
function showBoard(html) {
  const board = $("#board");
  if (!board || board.contains(document.activeElement) && document.activeElement.matches("textarea, input")) return;
  const open = new Set([...board.querySelectorAll("details[open]")].map((each) => each.id));
  const top = board.scrollTop;
  board.innerHTML = html; // rendered and escaped by the server, from the same template as the page
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  board.scrollTop = top;
}

// ---- the conversation -----------------------------------------------------------------------------------------------
const log = $("#log");

function atEnd() {
  return log.scrollHeight - log.scrollTop - log.clientHeight < 160;
}

function toEnd() {
  log.scrollTop = log.scrollHeight;
}

// Down to the end, but never past the beginning of what answers the last message: a long answer is read from its top.
function toAnswer() {
  const own = [...document.querySelectorAll("#messages > .own")].pop();
  const first = own?.nextElementSibling;
  const end = log.scrollHeight - log.clientHeight;
  log.scrollTop = first ? Math.min(end, first.offsetTop - log.offsetTop - 12) : end;
}

function waiting(yes) {
  $("#typing").hidden = !yes;
  clearTimeout(waiting.timer);
  if (yes) waiting.timer = setTimeout(() => waiting(false), 60_000);
}

function showMessage({ id, key, html, answer }) {
  if (document.getElementById(`m${id}`)) return;
  const follow = atEnd() || !answer || !$("#typing").hidden;
  const shown = key && document.getElementById(`k${key}`); // our own bubble, drawn before the server had it
  if (shown) shown.outerHTML = html;
  else $("#messages").insertAdjacentHTML("beforeend", html);
  if (answer) waiting(false);
  if (follow) toAnswer();
}

function draw(key, text) {
  const bubble = $("#own").content.firstElementChild.cloneNode(true);
  bubble.id = `k${key}`;
  $(".body", bubble).textContent = text;
  $("#messages").append(bubble);
  $("#welcome")?.remove();
  waiting(true);
  toEnd();
  return bubble;
}

async function post(key, text, token) {
  const bubble = document.getElementById(`k${key}`) ?? draw(key, text);
  bubble.classList.remove("failed");
  try {
    const answer = await fetch("/chat", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ id: key, text, token }),
    });
    if (!answer.ok) throw new Error((await answer.json()).detail ?? "");
  } catch (error) {
    if (!bubble.isConnected) return; // it did arrive: the live updates were faster than the answer
    waiting(false);
    bubble.classList.add("failed");
    const known = error instanceof TypeError || !error.message ? "Chưa gửi được, có thể do mất kết nối." : error.message;
    $(".trouble span", bubble).textContent = known;
    $(".trouble button", bubble).onclick = () => post(key, text, token); // the same key: it is taken once
  }
}

function newKey() {
  return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function composer() {
  const form = $("#composer");
  const box = $("textarea", form);
  const grow = () => {
    box.style.height = "auto";
    box.style.height = `${Math.min(box.scrollHeight, 160)}px`;
  };
  box.addEventListener("input", grow);
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return; // Telex is still composing: not yet
    event.preventDefault();
    form.requestSubmit();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = box.value.trim();
    if (!text) return;
    box.value = "";
    grow();
    post(newKey(), text, null);
    box.focus();
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form.choices, form.tries")) return;
    event.preventDefault();
    const pressed = event.submitter;
    post(newKey(), pressed.dataset.label, form.matches(".choices") ? pressed.value : null);
  });
}

function offline(yes) {
  $("#offline").hidden = !yes;
}

function listen(address) {
  const source = new EventSource(address);
  let trouble = null;
  source.addEventListener("message", (event) => showMessage(JSON.parse(event.data)));
  source.addEventListener("board", (event) => showBoard(JSON.parse(event.data).html));
  source.onopen = () => {
    clearTimeout(trouble);
    offline(false);
  };
  source.onerror = () => {
    clearTimeout(trouble);
    trouble = setTimeout(() => offline(true), 1500);
    if (source.readyState === EventSource.CLOSED) setTimeout(() => listen(address), 3000);
  };
}

// ---- narrow screens: one side at a time -------------------------------------------------------------------------------
function tabs() {
  for (const tab of document.querySelectorAll("#tabs button")) {
    tab.addEventListener("click", () => {
      document.body.dataset.side = tab.value;
      for (const each of document.querySelectorAll("#tabs button")) each.setAttribute("aria-pressed", each === tab);
      if (tab.value === "chat") toEnd();
    });
  }
}

tabs();
if (log) {
  composer();
  toEnd();
  if (matchMedia("(pointer: fine)").matches) $("#composer textarea").focus(); // a telephone would open its keyboard
  if (log.dataset.waiting) waiting(true);
}
if (document.body.dataset.events) listen(document.body.dataset.events);
