from lxml import etree

style = etree.XML(
    '<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">'
    '<xsl:template match="/"><b><xsl:value-of select="a/@x"/></b></xsl:template>'
    "</xsl:stylesheet>"
)
assert str(etree.XSLT(style)(etree.XML('<a x="7"/>'))).endswith("<b>7</b>\n")
