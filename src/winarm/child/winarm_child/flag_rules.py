r"""What becomes of each flag that a project may pass to a GNU-style toolchain: the one table.

The translator of the child reads it (`flags`), and so do the one-word tools, into which it is
compiled (`winarm.locate.tools`). Sources: Microsoft's lists of compiler and linker options, GNU
ld's and LLD's for Windows, and what zig 0.14 to 0.17 reject.

A form is literal text with `*` for any text and `#` for a digit; `\1`, `\2` … in the result stand
for what these were. `{a,b}` stands for both spellings. A form that begins with `~` is written with
`/` or `-`. Each rule is one of four:

    same      the result means the same here
    nothing   the flag has no meaning here, or changes nothing in the image; it is left out
    foreign   the same, and compilers for the target do not know it: the check of a build system
              whether it works is answered with no
    refused   it changes code, layout or loading in a way that cannot be had here

A flag that no rule names is passed on as it is; an unknown one behind `/` is left out and reported.
"""

import functools
import itertools
import os
import re
from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple

Verdict = Literal["same", "nothing", "foreign", "refused"]


class Rule(NamedTuple):
    """The forms of a flag, what they become and why."""

    verdict: Verdict
    forms: tuple[str, ...]
    becomes: tuple[str, ...] = ()
    why: str = ""
    #: Whether the user sees it even without -v.
    shown: bool = False
    caseless: bool = False


class Found(NamedTuple):
    """A rule that is for an argument, and what the argument becomes."""

    rule: Rule
    becomes: tuple[str, ...]


def _expanded(forms: str) -> tuple[str, ...]:
    r"""Return the forms that a text with alternatives stands for.

    >>> _expanded("-m{,no-}sse* -pie")
    ('-msse*', '-mno-sse*', '-pie')
    """
    found = []
    for form in forms.split():
        parts = re.split(r"\{([^}]*)\}", form)
        choices = [part.split(",") if odd % 2 else [part] for odd, part in enumerate(parts)]
        found += ["".join(chosen) for chosen in itertools.product(*choices)]
    return tuple(found)


def same(forms: str, becomes: str, note: str = "") -> Rule:
    """Return the rule for what means the same as something else; a note is shown to the user."""
    return Rule("same", _expanded(forms), tuple(becomes.split()), note, shown=bool(note))


def nothing(forms: str, why: str, *, shown: bool = False) -> Rule:
    """Return the rule for what is left out."""
    return Rule("nothing", _expanded(forms), (), why, shown=shown)


def _foreign(forms: str, why: str = "", *, shown: bool = False) -> Rule:
    return Rule("foreign", _expanded(forms), (), why or _X86, shown=shown)


def _refused(forms: str, why: str) -> Rule:
    return Rule("refused", _expanded(forms), (), why, shown=True)


def caseless(*rules: Rule) -> tuple[Rule, ...]:
    """Return the rules for arguments in any case."""
    return tuple(rule._replace(caseless=True) for rule in rules)


_X86 = "it is for x86 processors"
_MESSAGES = "it changes messages only"
NO_DEBUG_INFO = "debug information does not go into a wheel"
_PROFILE = "optimisation by profile is Microsoft's own"
_RELOCATED = "Windows chooses where an ARM64 image is loaded"
_ALWAYS = "ARM64 images always have it"
_NAMES = "the build names its files"
NO_OPENMP = "there is no OpenMP runtime in this toolchain; its pragmas are ignored"
_CFG = "this toolchain's C runtime has no Control Flow Guard"
_DELAYED = "the DLL is loaded at the first call"
_HOW_IT_WORKS = "it changes how the tools work"
_NOT_READ = "nothing reads it"
_ONLY_MSVC = "only MSVC makes this"

#: MSVC's linker; first, because `/DEBUG` is no macro and `/INCREMENTAL` no folder.
MSVC_LINK = caseless(
    same("~LIBPATH:*", r"-L\1"),
    same("~DEFAULTLIB:*", r"-l\1"),
    same("~DEF:*", r"\1"),
    same("~SUBSYSTEM:CONSOLE*", "-Wl,--subsystem,console"),
    same("~SUBSYSTEM:WINDOWS*", "-Wl,--subsystem,windows"),
    _refused("~SUBSYSTEM:*", "programs of this subsystem are not made here"),
    same("~STACK:*,*", r"-Wl,--stack,\1"),
    same("~STACK:*", r"-Wl,--stack,\1"),
    same("~HEAP:*", r"-Xlinker -Xlink=-heap:\1"),
    same("~ENTRY:*", r"-Wl,-e,\1"),
    same("~INCLUDE:*", r"-Wl,-u,\1"),
    same("~WHOLEARCHIVE:*", r"-Wl,--whole-archive \1 -Wl,--no-whole-archive"),
    same("~WHOLEARCHIVE", "-Wl,--whole-archive"),
    same("~DELAYLOAD:*", r"-Xlinker -Xlink=-delayload:\1", _DELAYED),
    nothing("~DELAY:*", "delay-loaded DLLs stay loaded"),
    same("~MERGE:*", r"-Xlinker -Xlink=-merge:\1"),
    same("~SECTION:*", r"-Xlinker -Xlink=-section:\1"),
    same("~ALTERNATENAME:*", r"-Xlinker -Xlink=-alternatename:\1"),
    same("~FORCE:{MULTIPLE,UNRESOLVED} ~FORCE", "-Xlinker -Xlink=-force"),
    same("~SWAPRUN:*", r"-Xlinker -Xlink=-swaprun:\1"),
    same("~FILEALIGN:*", r"-Xlinker -Xlink=-filealign:\1"),
    same("~VERSION:*.*", r"-Wl,--major-image-version,\1 -Wl,--minor-image-version,\2"),
    same("~VERSION:*", r"-Wl,--major-image-version,\1"),
    same("~APPCONTAINER", "-Xlinker -Xlink=-appcontainer"),
    nothing("~APPCONTAINER:NO ~INTEGRITYCHECK:NO ~OSVERSION:*", "it is so"),
    same("~INTEGRITYCHECK", "-Xlinker -Xlink=-integritycheck"),
    nothing("~NODEFAULTLIB", "the C runtime is linked all the same", shown=True),
    nothing("~NODEFAULTLIB:*", "no library is linked unasked but the one C runtime"),
    same("~EXPORT:*", r"-Xlinker -Xlink=-export:\1"),
    nothing("{~DLL,~MACHINE:*,~OUT:*}", _NAMES),
    nothing("~IMPLIB:* ~NOIMPLIB ~NOEXP", "a module needs no import library"),
    nothing("~OPT:* ~OPT ~ORDER:*", "the linker keeps and folds what is safe"),
    nothing("~LTCG ~LTCG:* ~INCREMENTAL* ~CGTHREADS:* ~EMITPOGO*", _HOW_IT_WORKS),
    nothing("~POGOSAFEMODE ~EXPERIMENTAL:*", _HOW_IT_WORKS),
    nothing("~DEBUG ~DEBUG:* ~DEBUGTYPE:* ~PDB* ~ILK:* ~NATVIS:* ~SOURCELINK:*", NO_DEBUG_INFO),
    # What a module's own manifest chooses is the libraries that it loads, side by side.
    same(
        "~MANIFESTDEPENDENCY:*",
        r"-Xlinker -Xlink=-manifest:embed,id=2 -Xlinker -Xlink=-manifestdependency:\1",
    ),
    _refused("~MANIFESTINPUT:*", "merging manifests takes Microsoft's mt.exe"),
    nothing("~MANIFEST ~MANIFEST:* ~MANIFESTUAC* ~MANIFESTFILE:*", "a module needs no manifest"),
    nothing("~ALLOWISOLATION* ~ALLOWBIND*", "a module needs no manifest"),
    nothing("~{DYNAMICBASE,NXCOMPAT,HIGHENTROPYVA,LARGEADDRESSAWARE}*", _ALWAYS),
    nothing("~TSAWARE*", _ALWAYS),
    nothing("~BASE:* ~FIXED ~FIXED:*", _RELOCATED),
    nothing("~SAFESEH* ~CETCOMPAT* ~ARM64XFUNCTIONPADMINX64:*", _X86),
    nothing("~IGNORE:* ~WX ~WX:NO ~VERBOSE ~VERBOSE:* ~TIME* ~ERRORREPORT:*", _MESSAGES),
    # Meson asks with /logo which linker it has.
    nothing("~NOLOGO ~LOGO ~LINKREPRO*", _MESSAGES),
    nothing("~MAP ~MAP:* ~MAPINFO:*", "a map is for people"),
    nothing("~RELEASE ~TLBID:* ~BREPRO ~FUNCTIONPADMIN* ~FAILIFMISMATCH:*", _NOT_READ),
    nothing("~{PROFILE,GENPROFILE*,FASTGENPROFILE*,USEPROFILE*,PGD:*,LTCGOUT:*}", _PROFILE),
    nothing("~GUARD:*", _CFG, shown=True),
    nothing("~INFERASANLIBS*", "the address sanitizer is not linked"),
    same("~NOENTRY", "-Wl,--no-entry"),
    _refused("~DEPENDENTLOADFLAG*", "where a DLL is searched for cannot be written here"),
    _refused("~ALIGN:* ~STUB:* ~DRIVER ~DRIVER:*", "an image of this form is not made here"),
    nothing("~IGNOREIDL", "there is no code for the .NET runtime"),
    _refused(
        "~{CLR*,ASSEMBLY*,NOASSEMBLY,IDLOUT:*,MIDL:*,WINMD*,KEYFILE:*,KEYCONTAINER:*}", _ONLY_MSVC
    ),
    _refused("~{KERNEL,DELAYSIGN}", _ONLY_MSVC),
)

#: MSVC's compiler.
MSVC = (
    same("/O2* ~Ox* ~Ot -O2b# -O2i", "-O2"),
    same("/O1*", "-Os"),
    same("~Od", "-O0"),
    nothing("~Ob* ~Oi* ~Oy* /Og* /Os", "-O decides"),
    same("~std:c++latest ~std:c++2{3,6}*", "-std=gnu++2b"),
    same("~std:c++##*", r"-std=gnu++\1\2"),
    same("~std:clatest ~std:c2#", "-std=gnu2x"),
    same("~std:c##", r"-std=gnu\1\2"),
    same("/D*", r"-D\1"),
    same("/U*", r"-U\1"),
    same("/I* ~external:I*", r"-I\1"),
    same("~FI*", r"-include \1"),
    _refused("{~EHa,/EHas,/EHac,/EHasc,/EHca}", "catch (...) cannot catch access violations here"),
    nothing("~EH* ~GX ~GX-", "C++ exceptions are always on"),
    same("~GR-", "-fno-rtti"),
    nothing("~GR", "run-time types are always on"),
    same("~J", "-funsigned-char -D_CHAR_UNSIGNED=1", "char is unsigned"),
    # Microsoft's compiler goes on telling what is not a number.
    same("~fp:fast", "-ffast-math -fno-finite-math-only", "floating point is not IEEE's"),
    same("~fp:precise", "-ffp-contract=off", "products are rounded before they are added"),
    same("~fp:strict", "-ffp-contract=off -frounding-math -ftrapping-math", "IEEE arithmetic"),
    same("~fp:contract", "-ffp-contract=on"),
    same("~fp:except", "-ftrapping-math"),
    nothing("~fp:except-", "it is not on"),
    nothing("~openmp-", "it is not on"),
    nothing("~openmp*", NO_OPENMP, shown=True),
    _foreign("~arch:{IA32,SSE,AVX,VLEN}* ~fpcvt:*", shown=True),
    nothing("~arch:armv8.0", "it is the target's own"),
    same("~arch:armv8.#", r"-mcpu=generic+v8_\1a"),
    _refused("~arch:*", "no such processor of the target is known"),
    same("/w ~W0", "-w"),
    nothing(
        "~W{1,2,3,4,X,X-,L,p64} ~Wv:* /Wall ~w{1,2,3,4,o,e}# /w{d,e,o}* -w{d,e,o}#*", _MESSAGES
    ),
    nothing("~w##* /W{1,2,3,4}*", _MESSAGES),
    # `-MD` is GNU's, and `-MT` where other options of that family are on the line.
    nothing("/MD ~MDd ~MT ~MTd /LD ~LDd", "there is one C runtime, the UCRT of Windows"),
    same("~Zp{1,2,4}", r"-fpack-struct=\0", "structures are packed"),
    same("~Zp", "-fpack-struct=1", "structures are packed"),
    nothing("~Zp8 ~Zp16", "it is the target's own packing"),
    nothing("~G{d,r,z,v}", "the target has one calling convention"),
    nothing("~G{L,y,w,S,F,m}{,-} ~Gs* ~G{A,e,Z,h-,H-}", "it changes no result"),
    nothing("~G{3,4,5,6,7,B}", _X86),
    nothing("~GT", "thread-local variables are read again at each use"),
    _refused("~Gh ~GH", "hooks of every function are Microsoft's own"),
    nothing("~guard:*", _CFG, shown=True),
    nothing("~Qspectre-", "it is not on"),
    nothing("~Qspectre*", "there is no mitigation of Spectre in this toolchain", shown=True),
    nothing("/Q* -Q{fast,Ifist,imprecise,par,safe,vec}*", "it changes how loops are optimised"),
    nothing("~sdl* ~RTC* ~analyze* ~JMC*", "it adds checks for development"),
    nothing("~Z{i,I,7,f} ~Zo* ~ZH:* /F{d,m,p,r,R}* ~FS /FS", NO_DEBUG_INFO),
    nothing("~Zl", "no library is linked unasked but the one C runtime"),
    same("~Za", "-fno-ms-extensions"),
    nothing("~Ze", "Microsoft's extensions are on"),
    same("~Zs", "-fsyntax-only"),
    _refused("~Zc:wchar_t-", "wchar_t is a type of its own"),
    same("~Zc:sizedDealloc", "-fsized-deallocation"),
    same("~Zc:sizedDealloc-", "-fno-sized-deallocation"),
    same("~Zc:alignedNew-", "-fno-aligned-allocation"),
    same("~Zc:threadSafeInit-", "-fno-threadsafe-statics"),
    same("~Zc:char8_t", "-fchar8_t"),
    same("~Zc:char8_t-", "-fno-char8_t"),
    same("~Zc:trigraphs", "-trigraphs"),
    nothing("~Zc:*", "clang follows the standard"),
    nothing("~Zm#* ~Zg", "it changes how the compiler works"),
    _refused("~ZW* ~clr*", _ONLY_MSVC),
    nothing("~Y*", "precompiled headers only save time"),
    nothing("/FA* /Fa* /Fi* /Fo* /Fe* /FC /Fx /FU*", _NAMES),
    same("~TP", "-x c++", "all sources are C++"),
    same("~TC", "-x c", "all sources are C"),
    same("/Tp*", r"-x c++ \1 -x none"),
    same("/Tc*", r"-x c \1 -x none"),
    same("/E", "-E"),
    same("~EP /P", "-E -P"),
    same("~volatile:ms", "-Xclang -fms-volatile", "volatile orders memory"),
    nothing("~volatile:iso", "it is the target's own meaning"),
    nothing("~source-charset:utf-8 ~execution-charset:utf-8 ~utf-8 /utf8", "it is so"),
    nothing("/source-charset:.65001 /execution-charset:.65001 ~validate-charset*", "it is so"),
    _refused("~source-charset:* ~execution-charset:*", "the compiler knows UTF-8 only"),
    nothing("~bigobj /MP* ~MP#* ~errorReport:* ~cgthreads#", _HOW_IT_WORKS),
    nothing("~nologo ~diagnostics:* ~showIncludes* ~sourceDependencies* /doc*", _MESSAGES),
    nothing("~permissive* ~await* ~experimental:* ~options:*", "clang follows the standard"),
    nothing("~external:* ~constexpr:* /H# /H## ~translateInclude", _MESSAGES),
    nothing("~favor:* ~homeparams ~hotpatch ~vlen*", _X86),
    nothing("~kernel- ~vm{b,g,m,s,v} ~vd#", "pointers to members have one form here"),
    nothing("~jumptablerdata ~presetPadding ~fastfail ~feature:*", "it changes no result"),
    nothing("~forceInterlockedFunctions* ~d1* ~d2* /Bt* /Bv /V* /X /link", _NOT_READ),
    same("/c", "-c"),
    _refused("/fsanitize=* /fsanitize-coverage=*", "no sanitizer's runtime is there"),
    _refused(
        "/{interface,internalPartition,module*,headerUnit*,exportHeader,reference*,ifc*}",
        "modules of C++ are written for MSVC",
    ),
)

#: GNU-style options that clang's MinGW target or zig reject.
GNU = (
    nothing("-march=armv8-a -march=armv8.0-a", "it is the target's own"),
    same("-march=armv8-a+* -march=armv8.0-a+*", r"-mcpu=generic+\1"),
    same("-march=armv8.#-a*", r"-mcpu=generic+v8_\1a\2"),
    # Of this machine's processor, or of another kind of processors.
    _foreign("-m{arch,tune}=* -mcpu=native", "the processor is the target's"),
    nothing("-m{fpu,float-abi}=*", "the processor is the target's"),
    _foreign("-m{,no-}{sse,ssse,avx,fma,bmi,aes,pclmul,popcnt,f16c,lzcnt,sha,xsave,mmx,adx}*"),
    _foreign("-m32 -mfpmath=*"),
    nothing("-m64", "the target has 64 bits"),
    nothing("-mcmodel=* -mtls-dialect=*", "the target has one"),
    nothing("-f{,no-}{gnu-unique,graphite*,var-tracking*,ipa-*}", "it is gcc's own"),
    nothing("-fopenmp* -qopenmp -l{gomp,omp,iomp5,libiomp5md,vcomp}", NO_OPENMP, shown=True),
    nothing("-flto* -fno-lto -fuse-linker-plugin -ffat-lto-objects", "zig's Windows C library"),
    nothing("-f{PIC,pic,PIE,pie} -fno-semantic-interposition -rdynamic", "it is for ELF"),
    # MSVC has no such thing: what CMake exports by WINDOWS_EXPORT_ALL_SYMBOLS would stay hidden.
    nothing("-fvisibility=* -fvisibility-inlines-hidden", "it is for ELF"),
    nothing("-f{,no-}plt -fuse-ld=* -pie -no-pie", "it is for ELF"),
    nothing("-static-lib{gcc,stdc++,c++} -shared-libgcc", "zig links these statically"),
    nothing("-m{threads,no-cygwin,dll,ms-bitfields}", "it is so"),
    nothing("-bundle -dynamiclib -undefined dynamic_lookup -mmacosx-version-min=*", "macOS's"),
    nothing("-stdlib=*", "zig has one C++ library, libc++"),
    nothing("-f{stack-clash-protection,cf-protection}* -mbranch-protection*", "it is for ELF"),
    nothing("-Werror", "warnings of another compiler must not stop the build"),
    # Libraries.
    nothing(
        "-l{msvcrt,ucrt,vcruntime,msvcp,libcmt,msvcrtd,ucrtd,libucrt,libvcruntime,libcpmt}",
        "the UCRT is linked",
    ),
    nothing(
        "-l{msvcrt,msvcp,msvcr,vcruntime}## -l{msvcrt,msvcp,msvcr,vcruntime}###",
        "the UCRT is linked",
    ),
    nothing("-l{ucrtbase,synchronization,oldnames}", "the UCRT is linked"),
    nothing("-l{rt,dl,util,nsl,resolv,gcc,gcc_s,gcc_eh,atomic}", "Windows has no such library"),
    nothing("-ldelayimp", "its code is linked with every delay-loaded DLL"),
)

#: What becomes of flags for OpenMP where a prefix has its runtime.
OPENMP = (same("-fopenmp* -qopenmp* /openmp* ~openmp:*", "-fopenmp"),)

#: GNU ld's options, as they are between the commas of `-Wl,` or after -Xlinker; one with a value
#: is written `--option=value` here, however it was.
LINKER = (
    same("{-,--}delayload=*", r"-Xlinker -Xlink=-delayload:\1", _DELAYED),
    same("--allow-multiple-definition", "-Xlinker -Xlink=-force:multiple"),
    same("-z=muldefs", "-Xlinker -Xlink=-force:multiple"),
    same("--output-def=*", r"-Xlinker -Xlink=-output-def:\1"),
    same("--exclude-all-symbols", "-Xlinker -Xlink=-exclude-all-symbols"),
    same("--exclude-symbols=*", r"-Xlinker -Xlink=-exclude-symbols:\1"),
    same("--appcontainer", "-Xlinker -Xlink=-appcontainer"),
    same("--heap=*", r"-Xlinker -Xlink=-heap:\1"),
    same("{-,--}Map=*", r"-Xlinker -Xlink=-lldmap:\1"),
    same("--file-alignment=*", r"-Xlinker -Xlink=-filealign:\1"),
    same("{--undefined,-u,--require-defined}=*", r"-Wl,-u,\1"),
    same("{--entry,-e}=*", r"-Wl,-e,\1"),
    same("--subsystem=*:*", r"-Wl,--subsystem,\1"),
    _refused("--section-alignment=*", "an image of this form is not made here"),
    nothing("{--image-base,-Ttext}=* --default-image-base-*", _RELOCATED),
    nothing("--{enable,disable}-auto-image-base*", _RELOCATED),
    nothing("--{disable,no}-{dynamicbase,nxcompat,high-entropy-va,reloc-section,tsaware}", _ALWAYS),
    nothing("--enable-reloc-section --large-address-aware --disable-large-address-aware", _ALWAYS),
    nothing("--kill-at -k --{enable,disable}-stdcall-fixup {-,--}add-stdcall-alias", _X86),
    nothing("--no-seh --disable-no-seh --no-leading-underscore --leading-underscore", _X86),
    nothing("--{,no-}insert-timestamp --force-exe-suffix", "the same sources make the same bytes"),
    nothing("--{enable,disable}-{auto-import,runtime-pseudo-reloc*}", "it is so"),
    nothing("--{,no-}guard-{cf,longjmp}", _CFG),
    nothing("--icf=* --strip-all --strip-debug -s -S -x --discard-all", "it changes no result"),
    nothing("--verbose --trace -t --{,no-}warn-* --cref --demangle --no-demangle", _MESSAGES),
    nothing("-y=* --reproduce=* --print-map -M --stats --{,no-}color-diagnostics*", _MESSAGES),
    nothing(
        "-z=* -rpath=* --rpath=* -rpath-link=* --rpath-link=* -R=* {-,--}soname=* -h=*",
        "it is for ELF",
    ),
    nothing("--hash-style=* -O# -O --build-id* --{,no-}as-needed -Bsymbolic*", "it is for ELF"),
    nothing("--version-script=* --no-undefined --exclude-libs=* --sort-common*", "it is for ELF"),
    nothing("--{enable,disable}-new-dtags --{,no-}allow-shlib-undefined -E", "it is for ELF"),
    nothing(
        "-rdynamic {-,--}export-dynamic --eh-frame-hdr --no-copy-dt-needed-entries", "it is for ELF"
    ),
    nothing("--no-keep-memory --reduce-memory-overheads --{,no-}relax -plugin*", "it is ld's own"),
    nothing("--{,no-}gc-keep-exported --no-rosegment --compress-debug-sections=*", "it is for ELF"),
    nothing("-headerpad_max_install_names -dead_strip* -undefined=* -bind_at_load", "macOS's"),
    nothing("-search_paths_first -no_compact_unwind -ld_classic -w", "macOS's"),
)

#: Options of GNU ld whose value is what follows the next comma, where it is not behind `=`.
LINKER_VALUED = frozenset(
    (
        *(
            "-Map",
            "--Map",
            "--output-def",
            "--exclude-symbols",
            "--heap",
            "--stack",
            "-z",
            "-rpath",
        ),
        *("--rpath", "-rpath-link", "--rpath-link", "-R", "-soname", "--soname", "-h", "-u"),
        *("--undefined", "--require-defined", "--entry", "-e", "--subsystem", "--image-base"),
        *("--file-alignment", "--section-alignment", "--exclude-libs", "--version-script", "-y"),
        *("--out-implib", "--major-image-version", "--minor-image-version", "--wrap", "-undefined"),
        *("--major-os-version", "--minor-os-version", "--major-subsystem-version", "--delayload"),
        *("--minor-subsystem-version", "--defsym", "-l", "-L", "--library", "--library-path"),
        *("--hash-style", "-Ttext", "--dynamic-list", "-T", "-m", "-plugin", "-plugin-opt"),
    )
)

#: An unknown option of MSVC's.
UNKNOWN = Rule("nothing", ("/*",), (), "the option is not known here", shown=True)

#: Options whose value is the next argument, which is not looked at.
VALUED = frozenset(
    # Not `-MT`, which is far more often MSVC's than make's.
    ("-o", "-x", "-target", "-ivfsoverlay", "-Xclang", "-MF", "-MQ", "-include", "-arch", "-T")
)

#: Options that hand the next argument on to a part of the compiler.
HANDED_ON = frozenset(("-Xpreprocessor", "-Xcompiler", "-Xassembler", "-mllvm"))

#: Options whose value may be the next argument, and the spelling with the value after it.
APART = {
    **{option: option for option in ("-D", "-U", "-I", "-L", "-isystem", "-iquote", "-idirafter")},
    "/D": "-D",
    "/U": "-U",
    "/I": "-I",
    "/external:I": "-I",
    "-external:I": "-I",
    "/FI": "/FI",
    "-l": "-l",
}

#: LLVM's and zig's names of what gcc calls otherwise after `-march=…+`.
CPU_FEATURES = {
    "fp": "fp_armv8",
    "fp16": "fullfp16",
    "memtag": "mte",
    "profile": "spe",
    "simd": "neon",
}

#: Files that the library NAME may be in, in the linker's order: an import library first.
LIBRARY_FORMS = (
    *("lib{}.dll.a", "{}.dll.a", "lib{}.a", "{}.lib", "lib{}.lib"),
    *("lib{}_static.a", "{}_static.lib", "{}.a", "{}.dll"),
)

#: Libraries that build systems name differently on Windows.
SAME_LIBRARY = (
    ("z", "zlib", "zlib1", "zdll"),
    ("png", "png16", "libpng16"),
    ("jpeg", "turbojpeg-static"),
    ("bz2", "bzip2"),
    ("lzma", "liblzma"),
    ("ssl", "libssl", "ssleay32"),
    ("crypto", "libcrypto", "libeay32"),
    ("ffi", "libffi"),
    ("tiff", "libtiff"),
    ("sqlite3", "sqlite"),
    ("omp", "gomp", "iomp5", "libiomp5md", "vcomp"),
)

#: Folders of the host's own headers and libraries, which the target must never see.
HOST_FOLDERS = (
    *("/usr/include", "/usr/lib", "/usr/lib32", "/usr/lib64", "/lib", "/lib64"),
    *(f"/usr/local/{name}" for name in ("include", "lib", "lib64", "opt", "Cellar")),
    *("/opt/homebrew", "/opt/local", "/Library/Developer", "/Applications/Xcode.app"),
)
#: Path components of installed Python packages: what compiles against them asked them for it.
INSTALLED = ("site-packages", "dist-packages")


def _beginnings(rule: Rule) -> tuple[str, ...]:
    """Return how an argument may begin that a rule is for; in lower case for a caseless rule."""
    heads = [form.partition("*")[0].partition("#")[0] for form in rule.forms]
    spelled = (head.replace("~", way, 1) for head in heads for way in ("/", "-"))
    return tuple(head.lower() if rule.caseless else head for head in spelled)


def finder(*tables: tuple[Rule, ...]) -> Callable[[str], Found | None]:
    """Return a function that finds the first rule of these tables that is for an argument.

    A rule's expression is compiled when an argument begins as it does: all of them take 80 ms.
    """
    rules = [(rule, _beginnings(rule)) for table in tables for rule in table]

    @functools.lru_cache(maxsize=4096)
    def find(argument: str) -> Found | None:
        lower = argument.lower()
        for rule, beginnings in rules:
            if (lower if rule.caseless else argument).startswith(beginnings):
                match = _pattern(rule).fullmatch(argument)
                if match:
                    groups = tuple(group for group in match.groups() if group is not None)
                    becomes = tuple(_filled(part, argument, groups) for part in rule.becomes)
                    return Found(rule, becomes)
        return None

    return find


_find_behind_slash = finder(MSVC_LINK, MSVC, (UNKNOWN,))
_find_option = finder(MSVC_LINK, MSVC, GNU)
#: What is done with an option of the linker's.
find_linker_rule = finder(LINKER)
#: What becomes of a flag for OpenMP where there is a runtime.
find_openmp_rule = finder(OPENMP)


def find_rule(argument: str) -> Found | None:
    r"""Return what is done with an argument, or None where it is passed on as it is.

    >>> find_rule("/W3").becomes, find_rule("/O2").becomes
    ((), ('-O2',))
    >>> find_rule("-O2") is None
    True
    >>> find_rule("/EHa").rule.verdict
    'refused'
    """
    if argument.startswith("/"):
        return None if is_path(argument) else _find_behind_slash(argument)
    if argument.startswith("-") or argument == "dynamic_lookup":
        return _find_option(argument)
    return None


@functools.cache
def _pattern(rule: Rule) -> re.Pattern[str]:
    flags = re.DOTALL | (re.IGNORECASE if rule.caseless else 0)
    return re.compile("|".join(f"(?:{''.join(_translated(form))})" for form in rule.forms), flags)


def _translated(form: str) -> Iterator[str]:
    for position, character in enumerate(form):
        if character == "~" and position == 0:
            yield "[/-]"
        else:
            yield {"*": "(.*)", "#": "([0-9])"}.get(character, re.escape(character))


def _filled(part: str, argument: str, groups: tuple[str, ...]) -> str:
    r"""Return a result with what the form's stars were; `\0` is the argument's last character."""
    numbered = (argument[-1:], *groups)
    text = re.sub(r"\\([0-9])", lambda group: numbered[int(group[1])], part)
    cpu, *features = text.split("+") if text.startswith("-mcpu=") else [text]
    return cpu + "".join(map(_feature, features))


def _feature(name: str) -> str:
    """Return a processor's feature in zig's spelling: `+nofp16` is `-fullfp16`."""
    sign, name = ("-", name[2:]) if name.startswith("no") else ("+", name)
    return sign + CPU_FEATURES.get(name, name.replace("-", "_"))


def is_path(argument: str) -> bool:
    """Return whether what begins with `/` is a file, be it a missing one, and no option."""
    folder = os.path.dirname(argument)
    return os.path.exists(argument) or (folder != "/" and os.path.isdir(folder))


def library_names(name: str) -> tuple[str, ...]:
    """Return the names under which the library `name` may be found, itself first.

    >>> library_names("zlib")
    ('zlib', 'z', 'zlib1', 'zdll')
    >>> library_names("libxml2")
    ('libxml2', 'xml2')
    """
    names = [name, name[3:]] if name.startswith("lib") and len(name) > 3 else [name]  # noqa: PLR2004
    names += [other for group in SAME_LIBRARY if name.lower() in group for other in group]
    return tuple(dict.fromkeys(names))
