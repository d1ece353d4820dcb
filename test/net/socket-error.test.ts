import { describe, expect, it } from "vitest";
import { type SocketAction, systemCodeOf, toSocketError } from "../../src/net/socket-error.js";

describe("toSocketError", () => {
  it.each<[string, SocketAction, string]>([
    ["EADDRINUSE", "bind", "port-in-use"],
    ["EACCES", "bind", "port-not-permitted"],
    ["EPERM", "bind", "port-not-permitted"],
    ["EADDRNOTAVAIL", "bind", "address-not-available"],
    ["EAFNOSUPPORT", "bind", "network-unavailable"],
    ["ENETDOWN", "bind", "network-unavailable"],
    ["EMSGSIZE", "send", "datagram-too-long"],
    ["ENOBUFS", "send", "send-buffer-full"],
    ["EAGAIN", "send", "send-buffer-full"],
    ["EACCES", "send", "send-not-permitted"],
    ["EPERM", "send", "send-not-permitted"],
    ["ENETUNREACH", "send", "send-unreachable"],
    ["ENETDOWN", "send", "send-unreachable"],
    ["EHOSTUNREACH", "send", "send-unreachable"],
    ["EADDRNOTAVAIL", "send", "send-unreachable"],
    ["EINVAL", "send", "send-unreachable"],
    ["ECONNREFUSED", "send", "send-refused"],
    ["ECONNREFUSED", "receive", "send-refused"],
    ["ECONNRESET", "receive", "send-refused"],
    ["EBADF", "receive", "socket-failed"],
    ["EWHATEVER", "bind", "socket-failed"],
  ])("%s while trying to %s is %s", (systemCode, action, code) => {
    const cause = Object.assign(new Error(systemCode), { code: systemCode });
    const error = toSocketError(cause, action, { address: "192.0.2.7", port: 2_425 });
    expect(error).toMatchObject({ code, fields: { address: "192.0.2.7", port: 2_425, systemCode } });
    expect(error.cause).toBe(cause);
    expect(error.message).toContain(systemCode);
  });

  it("takes address and port from the system's error where nobody says better", () => {
    const cause = { code: "ENETUNREACH", address: "192.0.2.9", port: 9 };
    expect(toSocketError(cause, "send").fields).toEqual({
      address: "192.0.2.9",
      port: 9,
      systemCode: "ENETUNREACH",
    });
    expect(toSocketError(cause, "send", { address: "::1" }).fields).toMatchObject({
      address: "::1",
      port: 9,
    });
  });

  it.each([[null], [undefined], ["text"], [7], [{}], [{ code: 5 }], [new Error("no code")]])(
    "%j has no system code and is a socket failure",
    (thing) => {
      expect(systemCodeOf(thing)).toBe("");
      const { code, fields } = toSocketError(thing, "send");
      expect([code, fields]).toEqual(["socket-failed", {}]);
    },
  );
});
