// A page that is meant for paper: its button `print` prints it.

document.getElementById("print").addEventListener("click", () => print());
