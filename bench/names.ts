/** Key that files are stored under. */
export const FILENAME = 'bench/file.bin'
