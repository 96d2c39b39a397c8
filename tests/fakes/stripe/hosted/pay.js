"use strict";

// A click on a test card types its number.
for (const card of document.querySelectorAll("button.card")) {
  card.addEventListener("click", () => {
    const number = document.getElementById("number");
    number.value = card.querySelector("code").textContent;
    number.focus();
  });
}
