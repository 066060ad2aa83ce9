import io

from PIL import Image, ImageDraw, features

for kind in ("JPEG", "PNG"):
    data = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(data, kind)
    image = Image.open(io.BytesIO(data.getvalue()))
    image.load()
    assert image.getpixel((4, 4))[0] > 200
assert features.check("freetype2")
