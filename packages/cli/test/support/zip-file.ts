import { deflateRawSync, crc32 as checksum } from 'node:zlib';

/** One entry of a test archive. */
export interface ZipPart {
  readonly name: string;
  readonly text?: string;
  /** Unix mode with the type, for example 0o120777 for a link. */
  readonly mode?: number;
  /** Size in the directory; the real one if absent. */
  readonly size?: number;
  readonly flags?: number;
}

/** Returns a ZIP archive with the entries. */
export function zipFile(parts: readonly ZipPart[]): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const { name, text = '', mode = 0o100644, size, flags = 0 } of parts) {
    const content = Buffer.from(text);
    const packed = deflateRawSync(content);
    const head = Buffer.alloc(30);
    const path = Buffer.from(name);
    head.writeUInt32LE(0x04034b50, 0);
    head.writeUInt16LE(8, 8);
    head.writeUInt16LE(path.length, 26);
    const local = Buffer.concat([head, path, packed]);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE(flags, 8);
    central.writeUInt16LE(8, 10);
    central.writeUInt32LE(checksum(content), 16);
    central.writeUInt32LE(packed.length, 20);
    central.writeUInt32LE(size ?? content.length, 24);
    central.writeUInt16LE(path.length, 28);
    central.writeUInt32LE((mode << 16) >>> 0, 38);
    central.writeUInt32LE(offset, 42);
    locals.push(local);
    centrals.push(central, path);
    offset += local.length;
  }
  const directory = Buffer.concat(centrals);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}
