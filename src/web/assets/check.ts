// Makes a photograph smaller before it is sent: a QR needs few pixels, and a slow line has none to spare. Without it
// the picture is sent as it is.

export {}

const LONGEST_SIDE_PX = 1_600
const SMALL_ENOUGH_BYTES = 400_000

const input = document.querySelector<HTMLInputElement>('input[type=file][name=photo]')
input?.addEventListener('change', () => { void shrink(input) })

async function shrink(from: HTMLInputElement): Promise<void> {
  const file = from.files?.[0]
  if (!file || file.size <= SMALL_ENOUGH_BYTES) return
  const picture = await createImageBitmap(file).catch(() => undefined)
  if (!picture) return
  const scale = Math.min(1, LONGEST_SIDE_PX / Math.max(picture.width, picture.height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.round(picture.width * scale)
  canvas.height = Math.round(picture.height * scale)
  canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height)
  const small = await new Promise<Blob | null>((resolve) => { canvas.toBlob(resolve, 'image/jpeg', 0.85) })
  // Somebody may have chosen another picture meanwhile.
  if (!small || small.size >= file.size || from.files?.[0] !== file) return
  const chosen = new DataTransfer()
  chosen.items.add(new File([small], 'photo.jpg', { type: 'image/jpeg' }))
  from.files = chosen.files
}
