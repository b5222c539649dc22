import { brotliCompressSync } from 'node:zlib';
import { type BuildOptions, build, type Plugin } from 'esbuild';

const fileOf = (name: string): string => new URL(name, import.meta.url).pathname;

const OPTIONS: BuildOptions = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node22',
  // code that is read from a string has require alone
  supported: { 'dynamic-import': false },
  minify: true,
  legalComments: 'none',
  logLevel: 'warning',
};

/**
 * Makes one file of the client, which Node from 22.13 on runs without node_modules. What a hook does not need is in it compressed, as
 * a string: Node reads over that in a millisecond, and a hook is to be about as quick as Node starts.
 */
export async function buildAgent(outfile: string = fileOf('./dist/spanwarden-agent.cjs')): Promise<string> {
  const code = await build({ ...OPTIONS, entryPoints: [fileOf('./packed.ts')], write: false });
  const plugins = [packed(code.outputFiles[0]!.text)];
  await build({ ...OPTIONS, entryPoints: [fileOf('./main.ts')], outfile, plugins });
  return outfile;
}

/** Puts the compressed code of packed.ts in its place. */
function packed(code: string): Plugin {
  return {
    name: 'packed',
    setup(build) {
      build.onResolve({ filter: /\/packed\.ts$/ }, () => ({ path: 'packed', namespace: 'packed' }));
      build.onLoad({ filter: /.*/, namespace: 'packed' }, () => ({
        contents: `const { compileFunction } = require('node:vm');
          const { brotliDecompressSync } = require('node:zlib');
          const code = brotliDecompressSync(Buffer.from('${brotliCompressSync(code).toString('base64')}', 'base64')).toString();
          compileFunction(code, ['require', 'module', 'exports'], { filename: 'spanwarden-agent-packed.cjs' })(require, module, exports);`,
        loader: 'js',
      }));
    },
  };
}

if (import.meta.main) process.stdout.write(`${await buildAgent()}\n`);
