// neo-blessed has no types of its own; it is blessed with the same surface, so it borrows blessed's.
declare module "neo-blessed" {
  import blessed from "blessed";
  export default blessed;
}
