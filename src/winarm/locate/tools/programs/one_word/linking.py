"""ld, dlltool and strip, and what the launcher passes on of a compiler's command line."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from .layer import ToolError, layer, parsed, printed, run, tool

LD_HELP = """\
Usage: ld [options] file...
  -shared, -Bshareable        Create a shared library
  --enable-auto-import        Do sophisticated linking of _sym to __imp_sym for DATA references
  --output-def <file>         Generate a .DEF file for the built DLL
  --out-implib <file>         Generate import library
  --whole-archive             Include all objects from following archives
  --no-whole-archive          Turn off --whole-archive
ld: supported targets: pei-aarch64-little pe-aarch64-little
ld: supported emulations: arm64pe
"""


def ld(arguments: list[str]) -> int:
    """Answer what is asked of a linker, or link by way of the compiler."""
    first = arguments[:1]
    if first in (["-v"], ["-V"], ["--version"]):
        return printed("LLD (winarm) 22 (compatible with GNU linkers)")
    if first in (["--help"], ["-help"], ["--target-help"]):
        return printed(LD_HELP)
    options = [
        argument
        for argument in arguments
        if not argument.startswith(("-m", "--sysroot")) and argument != "arm64pe"
    ]
    passed = []
    rest = iter(options)
    for option in rest:
        if option == "-o":
            passed += [option, next(rest, "")]
        elif option.startswith("-") and not option.startswith(("-l", "-L", "-shared")):
            passed += ["-Xlinker", option]
        else:
            passed.append(option)
    return run([tool("clang"), "-nostartfiles", *passed])


def dlltool(arguments: list[str]) -> int:
    """Make an import library, with GNU dlltool's long options too."""
    if {"--version", "-V"} & set(arguments):
        return printed("GNU dlltool (winarm) 2.42")
    if not arguments or "--help" in arguments:
        return printed("Usage: dlltool <option(s)> <object-file(s)>")
    short = {
        "--input-def": "-d",
        "--output-lib": "-l",
        "--dllname": "-D",
        "--machine": "-m",
        "--kill-at": "-k",
    }
    dropped = {"--as", "-S", "--as-flags", "-f", "--temp-prefix", "-t", "--output-exp", "-e"}
    passed: list[str] = []
    rest = iter(arguments)
    for argument in rest:
        name, equals, value = argument.partition("=")
        if name in dropped:
            value = value if equals else next(rest, "")
            if name in {"--output-exp", "-e"}:
                raise ToolError("dlltool: no export objects are made; give the .def to the linker")
        elif name in short:
            passed.append(short[name])
            if name != "--kill-at":
                passed.append(value if equals else next(rest, ""))
        elif name not in {"-U", "--add-underscore", "-n", "--nodelete", "-v", "--verbose"}:
            passed.append(argument)
    if "-m" not in passed:
        passed = ["-m", "arm64", *passed]
    return run([layer("zig"), "dlltool", *passed])


def strip(arguments: list[str]) -> int:
    """Do what is left to do of strip: images are linked without symbols."""
    line = parsed(
        arguments, ("-o", "-F", "-I", "-O", "-K", "-N", "-R", "--target", "--keep-symbol")
    )
    if line.has("--version", "V"):
        return printed("GNU strip (winarm) 2.42")
    if line.has("--help"):
        return printed("Usage: strip <option(s)> in-file(s)")
    output = line.value("-o", "--output")
    for file in line.files:
        if not Path(file).is_file():
            raise ToolError(f"strip: '{file}': No such file")
        if output:
            shutil.copyfile(file, output)
    return 0


def listen(command: list[str]) -> int:
    """Compile what is on standard input: zig finds no headers for that, so it becomes a file."""
    language = command[command.index("-x") + 1] if "-x" in command else "c"
    ending = {"c++": ".cpp", "assembler-with-cpp": ".S", "assembler": ".s"}.get(language, ".c")
    with tempfile.TemporaryDirectory(prefix="winarm-", ignore_cleanup_errors=True) as scratch:
        source = Path(scratch, "stdin" + ending)
        source.write_bytes(sys.stdin.buffer.read())
        return run([str(source) if argument == "-" else argument for argument in command])


#: Options of a compilation whose value is the next argument.
COMPILER_VALUED = frozenset(
    ("-x", "-include", "-isystem", "-idirafter", "-Xclang", "-target", "-ivfsoverlay")
)


def split(arguments: list[str]) -> int:
    """Compile each source by itself and then link, so that the link is of the usual kind."""
    end = arguments.index("--")
    extras, command = arguments[:end], arguments[end + 1 :]
    with tempfile.TemporaryDirectory(prefix="winarm-", ignore_cleanup_errors=True) as scratch:
        link: list[str] = []
        sources: list[tuple[str, str]] = []
        flags: list[str] = []
        rest = iter(command[2:])
        for argument in rest:
            if argument in {"-o", "-Xlinker"}:
                link += [argument, next(rest, "")]
            elif argument in COMPILER_VALUED:
                flags += [argument, next(rest, "")]
            elif _is_source(argument):
                output = str(Path(scratch, f"{len(sources)}.o"))
                sources.append((argument, output))
                link.append(output)
            elif argument.startswith(("-l", "-L", "-Wl,", "-s", "-u")) and not argument.startswith(
                "-std"
            ):
                link.append(argument)
            elif argument.startswith("-"):
                flags.append(argument)
            else:
                link.append(argument)
        for source, output in sources:
            status = run([*command[:2], *flags, "-g0", "-c", source, "-o", output])
            if status:
                return status
        driver = "clang++" if command[1] == "c++" else "clang"
        extra = [part for option in extras for part in ("-Xlinker", option)]
        return run([tool(driver), *link, *extra])


def _is_source(argument: str) -> bool:
    endings = (".c", ".cc", ".cpp", ".cxx", ".c++", ".cp", ".C", ".i", ".ii", ".S", ".s", ".m")
    return not argument.startswith("-") and argument.endswith(endings)


def relink(arguments: list[str]) -> int:
    """Link again with options that zig does not pass to its linker, which knows them."""
    end = arguments.index("--")
    extras, command = [option.partition("=")[2] for option in arguments[:end]], arguments[end + 1 :]
    done = subprocess.run(  # noqa: S603 - zig, with what the caller asked for
        command,
        env={**os.environ, "ZIG_VERBOSE_LINK": "1"},
        stderr=subprocess.PIPE,
        check=False,
    )
    said = done.stderr.decode("utf-8", "replace")
    lines = said.splitlines()
    line = next((text for text in reversed(lines) if text.startswith(("lld-link ", "lld "))), None)
    if line is None:
        sys.stderr.write(said)
        return done.returncode or 1
    words = linker_words(line)
    output = next(word for word in words if word.startswith("-OUT:"))
    late = any(option.startswith("-delayload:") for option in extras)
    if late and Path(layer("delay")).is_file():
        # What loads them; where zig's runtime has it, too, that one is never pulled in.
        extras.append(layer("delay"))
    again = subprocess.run(  # noqa: S603
        [layer("zig"), "lld-link", *words, *extras],
        stderr=subprocess.STDOUT,
        stdout=subprocess.PIPE,
        check=False,
    )
    sys.stderr.write(again.stdout.decode("utf-8", "replace"))
    if again.returncode and Path(output[5:]).exists():
        Path(output[5:]).unlink()
    return again.returncode


def linker_words(line: str) -> list[str]:
    """Return the arguments of a command that was printed with nothing but spaces between them."""
    words: list[str] = []
    pieces = line.split(" ")[1:]
    if pieces[:1] == ["-link"]:
        del pieces[0]
    while pieces:
        for count in range(len(pieces), 0, -1) if not pieces[0].startswith("-") else ():
            if Path(" ".join(pieces[:count])).exists():
                words.append(" ".join(pieces[:count]))
                del pieces[:count]
                break
        else:
            # An option, the value of which may have spaces.
            count = 1
            if pieces[0].startswith(("-OUT:", "-IMPLIB:", "-PDB:", "-LIBPATH:", "-DEF:")):
                while (
                    count < len(pieces)
                    and not pieces[count].startswith("-")
                    and not any(
                        Path(" ".join(pieces[count:n])).exists()
                        for n in range(count + 1, len(pieces))
                    )
                ):
                    count += 1
            words.append(" ".join(pieces[:count]))
            del pieces[:count]
    return words
