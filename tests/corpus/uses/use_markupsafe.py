import markupsafe
from markupsafe import _speedups

assert markupsafe._escape_inner is _speedups._escape_inner
assert markupsafe.escape("<a & 'b'>") == "&lt;a &amp; &#39;b&#39;&gt;"
assert markupsafe.escape("żółw <\U0001f422>") == "żółw &lt;\U0001f422&gt;"
