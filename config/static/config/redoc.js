"use strict";

// Redoc's bundle knows a picture on its maker's host. This page asks no host but its own: the picture is taken for a broken one,
// which the bundle then leaves out. The content security policy would stop it too, but with an error in the console.
const picture = HTMLImageElement.prototype;
picture.setAttribute = function (name, value) {
  const isForeign = name === "src" && new URL(value, location.href).origin !== location.origin;
  Element.prototype.setAttribute.call(this, name, isForeign ? "data:," : value);
};
Object.defineProperty(picture, "src", {
  set(value) {
    this.setAttribute("src", value);
  },
});
