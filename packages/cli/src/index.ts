/** The whole public surface: the stock assembly, for programs that embed a runtime. */
export { stockAdapters, type StockAdaptersOptions } from './stock-adapters.ts';
