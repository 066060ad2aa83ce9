import yaml

text = "a: [1, 2.5, true]\nb: {c: ~, d: 2026-11-22}\n"
data = yaml.safe_load(text)
assert data["a"] == [1, 2.5, True]
assert data["b"]["d"].isoformat() == "2026-11-22"
assert yaml.safe_load(yaml.safe_dump(data)) == data

# Only a build that was given libyaml has the compiled half.
if yaml.__with_libyaml__:
    assert yaml.load(text, Loader=yaml.CSafeLoader) == data
