// The little of node-forge that the tests use as a second opinion; the package brings no types.
declare module "node-forge" {
  interface Buffer {
    toHex(): string;
    bytes(): string;
  }
  interface Digest {
    update(bytes: string): Digest;
    digest(): Buffer;
  }
  interface BlockCipher {
    readonly output: Buffer;
    start(options: { readonly iv: string }): void;
    update(input: Buffer): void;
    finish(): boolean;
  }
  interface BigInteger {
    toString(radix: number): string;
  }
  interface PublicKey {
    encrypt(bytes: string, scheme: string): string;
    verify(digest: string, signature: string): boolean;
  }
  interface PrivateKey {
    readonly n: BigInteger;
    readonly e: BigInteger;
    decrypt(bytes: string, scheme: string): string;
    sign(digest: Digest): string;
  }
  type Numbers = [
    n: BigInteger,
    e: BigInteger,
    d: BigInteger,
    p: BigInteger,
    q: BigInteger,
    dP: BigInteger,
    dQ: BigInteger,
    qInv: BigInteger,
  ];
  const forge: {
    readonly jsbn: { readonly BigInteger: new (text: string, radix: number) => BigInteger };
    readonly util: { createBuffer(bytes: string): Buffer };
    readonly md: { readonly sha1: { create(): Digest }; readonly sha256: { create(): Digest } };
    readonly cipher: {
      createCipher(name: string, key: string): BlockCipher;
      createDecipher(name: string, key: string): BlockCipher;
    };
    readonly pki: {
      setRsaPrivateKey(...numbers: Numbers): PrivateKey;
      setRsaPublicKey(n: BigInteger, e: BigInteger): PublicKey;
    };
  };
  export default forge;
  export type { PrivateKey, Numbers };
}
