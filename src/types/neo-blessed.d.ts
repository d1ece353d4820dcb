// neo-blessed has no types of its own; it is blessed with the same surface, so it borrows blessed's.
declare module "neo-blessed" {
  import blessed from "blessed";
  export default blessed;
}

// Its parts, for who wants no more than these: the whole package takes three times as long to load.
declare module "neo-blessed/lib/widgets/box.js" {
  const box: unknown;
  export default box;
}
declare module "neo-blessed/lib/widgets/screen.js" {
  const screen: unknown;
  export default screen;
}
declare module "neo-blessed/lib/tput.js" {
  const tput: unknown;
  export default tput;
}
declare module "neo-blessed/lib/unicode.js" {
  const unicode: unknown;
  export default unicode;
}
