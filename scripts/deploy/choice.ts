import { type Image, images } from '../build.ts'

/**
 * The functions that FUNCTION names, by their image; all without it.
 * @throws Error that says which there are.
 */
export function chosenImages(env = process.env): readonly Image[] {
  const wanted = env.FUNCTION
  if (!wanted) return images
  const found = images.filter((image) => image === wanted)
  if (found.length === 0) throw new Error(`FUNCTION=${wanted} must be one of ${images.join(', ')}`)
  return found
}
