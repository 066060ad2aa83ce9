r"""What becomes of each flag that a project may pass to a GNU-style toolchain: the one table.

The translator of the child reads it (`flags`), and so do the one-word tools, into which it is
compiled (`winarm.locate.tools`). Sources: Microsoft's lists of compiler and linker options, GNU
ld's and LLD's for Windows, and what zig 0.14 to 0.17 reject.

A form is literal text with `*` for any text and `#` for a digit; `\1`, `\2` … in the result stand
for what these were. `{a,b}` stands for both spellings. A form that begins with `~` is written with
`/` or `-`. Each rule is one of three:

    same      the result means the same here
    nothing   the flag has no meaning here, or changes nothing in the image; it is left out
    refused   it changes code, layout or loading in a way that cannot be had here

A flag that no rule names is passed on as it is; an unknown one behind `/` is left out and reported.
"""

import functools
import itertools
import os
import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

Verdict = Literal["same", "nothing", "refused"]


class Rule(NamedTuple):
    """The forms of a flag, what they become and why."""

    verdict: Verdict
    forms: tuple[str, ...]
    becomes: tuple[str, ...] = ()
    why: str = ""
    #: Whether the user is told even without -v.
    told: bool = False
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


def _same(forms: str, becomes: str, note: str = "") -> Rule:
    return Rule("same", _expanded(forms), tuple(becomes.split()), note, told=bool(note))


def _nothing(forms: str, why: str, *, told: bool = False) -> Rule:
    return Rule("nothing", _expanded(forms), (), why, told=told)


def _refused(forms: str, why: str) -> Rule:
    return Rule("refused", _expanded(forms), (), why, told=True)


def _caseless(*rules: Rule) -> tuple[Rule, ...]:
    return tuple(rule._replace(caseless=True) for rule in rules)


_X86 = "it is for x86 processors"
_MESSAGES = "it changes messages only"
_DEBUG = "debug information does not go into a wheel"
_PROFILE = "optimisation by profile is Microsoft's own"
_RELOCATED = "Windows chooses where an ARM64 image is loaded"
_ALWAYS = "ARM64 images always have it"
_NAMES = "the build names its files"
_OPENMP = "there is no OpenMP runtime in this toolchain; its pragmas are ignored"
_CFG = "this toolchain's C runtime has no Control Flow Guard"
_DELAYED = "the DLL is loaded at the first call"
_HOW_IT_WORKS = "it changes how the tools work"
_NOT_READ = "nothing reads it"
_ONLY_MSVC = "only MSVC makes this"

#: MSVC's linker; first, because `/DEBUG` is no macro and `/INCREMENTAL` no folder.
MSVC_LINK = _caseless(
    _same("~LIBPATH:*", r"-L\1"),
    _same("~DEFAULTLIB:*", r"-l\1"),
    _same("~DEF:*", r"\1"),
    _same("~SUBSYSTEM:CONSOLE*", "-Wl,--subsystem,console"),
    _same("~SUBSYSTEM:WINDOWS*", "-Wl,--subsystem,windows"),
    _refused("~SUBSYSTEM:*", "programs of this subsystem are not made here"),
    _same("~STACK:*,*", r"-Wl,--stack,\1"),
    _same("~STACK:*", r"-Wl,--stack,\1"),
    _same("~HEAP:*", r"-Xlinker -Xlink=-heap:\1"),
    _same("~ENTRY:*", r"-Wl,-e,\1"),
    _same("~INCLUDE:*", r"-Wl,-u,\1"),
    _same("~WHOLEARCHIVE:*", r"-Wl,--whole-archive \1 -Wl,--no-whole-archive"),
    _same("~WHOLEARCHIVE", "-Wl,--whole-archive"),
    _same("~DELAYLOAD:*", r"-Xlinker -Xlink=-delayload:\1", _DELAYED),
    _nothing("~DELAY:*", "delay-loaded DLLs stay loaded"),
    _same("~MERGE:*", r"-Xlinker -Xlink=-merge:\1"),
    _same("~SECTION:*", r"-Xlinker -Xlink=-section:\1"),
    _same("~ALTERNATENAME:*", r"-Xlinker -Xlink=-alternatename:\1"),
    _same("~FORCE:{MULTIPLE,UNRESOLVED} ~FORCE", "-Xlinker -Xlink=-force"),
    _same("~SWAPRUN:*", r"-Xlinker -Xlink=-swaprun:\1"),
    _same("~FILEALIGN:*", r"-Xlinker -Xlink=-filealign:\1"),
    _same("~VERSION:*.*", r"-Wl,--major-image-version,\1 -Wl,--minor-image-version,\2"),
    _same("~VERSION:*", r"-Wl,--major-image-version,\1"),
    _same("~APPCONTAINER", "-Xlinker -Xlink=-appcontainer"),
    _nothing("~APPCONTAINER:NO ~INTEGRITYCHECK:NO ~OSVERSION:*", "it is so"),
    _same("~INTEGRITYCHECK", "-Xlinker -Xlink=-integritycheck"),
    _nothing("~NODEFAULTLIB", "the C runtime is linked all the same", told=True),
    _nothing("~NODEFAULTLIB:*", "no library is linked unasked but the one C runtime"),
    _same("~EXPORT:*", r"-Xlinker -Xlink=-export:\1"),
    _nothing("{~DLL,~MACHINE:*,~OUT:*}", _NAMES),
    _nothing("~IMPLIB:* ~NOIMPLIB ~NOEXP", "a module needs no import library"),
    _nothing("~OPT:* ~OPT ~ORDER:*", "the linker keeps and folds what is safe"),
    _nothing("~LTCG ~LTCG:* ~INCREMENTAL* ~CGTHREADS:* ~EMITPOGO*", _HOW_IT_WORKS),
    _nothing("~POGOSAFEMODE ~EXPERIMENTAL:*", _HOW_IT_WORKS),
    _nothing("~DEBUG ~DEBUG:* ~DEBUGTYPE:* ~PDB* ~ILK:* ~NATVIS:* ~SOURCELINK:*", _DEBUG),
    # What a module's own manifest chooses is the libraries that it loads, side by side.
    _same(
        "~MANIFESTDEPENDENCY:*",
        r"-Xlinker -Xlink=-manifest:embed,id=2 -Xlinker -Xlink=-manifestdependency:\1",
    ),
    _refused("~MANIFESTINPUT:*", "merging manifests takes Microsoft's mt.exe"),
    _nothing("~MANIFEST ~MANIFEST:* ~MANIFESTUAC* ~MANIFESTFILE:*", "a module needs no manifest"),
    _nothing("~ALLOWISOLATION* ~ALLOWBIND*", "a module needs no manifest"),
    _nothing("~{DYNAMICBASE,NXCOMPAT,HIGHENTROPYVA,LARGEADDRESSAWARE}*", _ALWAYS),
    _nothing("~TSAWARE*", _ALWAYS),
    _nothing("~BASE:* ~FIXED ~FIXED:*", _RELOCATED),
    _nothing("~SAFESEH* ~CETCOMPAT* ~ARM64XFUNCTIONPADMINX64:*", _X86),
    _nothing("~IGNORE:* ~WX ~WX:NO ~VERBOSE ~VERBOSE:* ~TIME* ~ERRORREPORT:*", _MESSAGES),
    # Meson asks with /logo which linker it has.
    _nothing("~NOLOGO ~LOGO ~LINKREPRO*", _MESSAGES),
    _nothing("~MAP ~MAP:* ~MAPINFO:*", "a map is for people"),
    _nothing("~RELEASE ~TLBID:* ~BREPRO ~FUNCTIONPADMIN* ~FAILIFMISMATCH:*", _NOT_READ),
    _nothing("~{PROFILE,GENPROFILE*,FASTGENPROFILE*,USEPROFILE*,PGD:*,LTCGOUT:*}", _PROFILE),
    _nothing("~GUARD:*", _CFG, told=True),
    _nothing("~INFERASANLIBS*", "the address sanitizer is not linked"),
    _same("~NOENTRY", "-Wl,--no-entry"),
    _refused("~DEPENDENTLOADFLAG*", "where a DLL is searched for cannot be written here"),
    _refused("~ALIGN:* ~STUB:* ~DRIVER ~DRIVER:*", "an image of this form is not made here"),
    _nothing("~IGNOREIDL", "there is no code for the .NET runtime"),
    _refused(
        "~{CLR*,ASSEMBLY*,NOASSEMBLY,IDLOUT:*,MIDL:*,WINMD*,KEYFILE:*,KEYCONTAINER:*}", _ONLY_MSVC
    ),
    _refused("~{KERNEL,DELAYSIGN}", _ONLY_MSVC),
)

#: MSVC's compiler.
MSVC = (
    _same("/O2* ~Ox* ~Ot -O2b# -O2i", "-O2"),
    _same("/O1*", "-Os"),
    _same("~Od", "-O0"),
    _nothing("~Ob* ~Oi* ~Oy* /Og* /Os", "-O decides"),
    _same("~std:c++latest ~std:c++2{3,6}*", "-std=gnu++2b"),
    _same("~std:c++##*", r"-std=gnu++\1\2"),
    _same("~std:clatest ~std:c2#", "-std=gnu2x"),
    _same("~std:c##", r"-std=gnu\1\2"),
    _same("/D*", r"-D\1"),
    _same("/U*", r"-U\1"),
    _same("/I* ~external:I*", r"-I\1"),
    _same("~FI*", r"-include \1"),
    _refused("{~EHa,/EHas,/EHac,/EHasc,/EHca}", "catch (...) cannot catch access violations here"),
    _nothing("~EH* ~GX ~GX-", "C++ exceptions are always on"),
    _same("~GR-", "-fno-rtti"),
    _nothing("~GR", "run-time types are always on"),
    _same("~J", "-funsigned-char -D_CHAR_UNSIGNED=1", "char is unsigned"),
    # Microsoft's compiler goes on telling what is not a number.
    _same("~fp:fast", "-ffast-math -fno-finite-math-only", "floating point is not IEEE's"),
    _same("~fp:precise", "-ffp-contract=off", "products are rounded before they are added"),
    _same("~fp:strict", "-ffp-contract=off -frounding-math -ftrapping-math", "IEEE arithmetic"),
    _same("~fp:contract", "-ffp-contract=on"),
    _same("~fp:except", "-ftrapping-math"),
    _nothing("~fp:except-", "it is not on"),
    _nothing("~openmp-", "it is not on"),
    _nothing("~openmp*", _OPENMP, told=True),
    _nothing("~arch:{IA32,SSE,AVX,VLEN}* ~fpcvt:*", _X86, told=True),
    _nothing("~arch:armv8.0", "it is the target's own"),
    _same("~arch:armv8.#", r"-mcpu=generic+v8_\1a"),
    _refused("~arch:*", "no such processor of the target is known"),
    _same("/w ~W0", "-w"),
    _nothing(
        "~W{1,2,3,4,X,X-,L,p64} ~Wv:* /Wall ~w{1,2,3,4,o,e}# /w{d,e,o}* -w{d,e,o}#*", _MESSAGES
    ),
    _nothing("~w##* /W{1,2,3,4}*", _MESSAGES),
    # `-MD` is GNU's, and `-MT` where other options of that family are on the line.
    _nothing("/MD ~MDd ~MT ~MTd /LD ~LDd", "there is one C runtime, the UCRT of Windows"),
    _same("~Zp{1,2,4}", r"-fpack-struct=\0", "structures are packed"),
    _same("~Zp", "-fpack-struct=1", "structures are packed"),
    _nothing("~Zp8 ~Zp16", "it is the target's own packing"),
    _nothing("~G{d,r,z,v}", "the target has one calling convention"),
    _nothing("~G{L,y,w,S,F,m}{,-} ~Gs* ~G{A,e,Z,h-,H-}", "it changes no result"),
    _nothing("~G{3,4,5,6,7,B}", _X86),
    _nothing("~GT", "thread-local variables are read anew where they are used"),
    _refused("~Gh ~GH", "hooks of every function are Microsoft's own"),
    _nothing("~guard:*", _CFG, told=True),
    _nothing("~Qspectre-", "it is not on"),
    _nothing("~Qspectre*", "there is no mitigation of Spectre in this toolchain", told=True),
    _nothing("/Q* -Q{fast,Ifist,imprecise,par,safe,vec}*", "it changes how loops are optimised"),
    _nothing("~sdl* ~RTC* ~analyze* ~JMC*", "it adds checks for development"),
    _nothing("~Z{i,I,7,f} ~Zo* ~ZH:* /F{d,m,p,r,R}* ~FS /FS", _DEBUG),
    _nothing("~Zl", "no library is linked unasked but the one C runtime"),
    _same("~Za", "-fno-ms-extensions"),
    _nothing("~Ze", "Microsoft's extensions are on"),
    _same("~Zs", "-fsyntax-only"),
    _refused("~Zc:wchar_t-", "wchar_t is a type of its own"),
    _same("~Zc:sizedDealloc", "-fsized-deallocation"),
    _same("~Zc:sizedDealloc-", "-fno-sized-deallocation"),
    _same("~Zc:alignedNew-", "-fno-aligned-allocation"),
    _same("~Zc:threadSafeInit-", "-fno-threadsafe-statics"),
    _same("~Zc:char8_t", "-fchar8_t"),
    _same("~Zc:char8_t-", "-fno-char8_t"),
    _same("~Zc:trigraphs", "-trigraphs"),
    _nothing("~Zc:*", "clang follows the standard"),
    _nothing("~Zm#* ~Zg", "it changes how the compiler works"),
    _refused("~ZW* ~clr*", _ONLY_MSVC),
    _nothing("~Y*", "precompiled headers only save time"),
    _nothing("/FA* /Fa* /Fi* /Fo* /Fe* /FC /Fx /FU*", _NAMES),
    _same("~TP", "-x c++", "all sources are C++"),
    _same("~TC", "-x c", "all sources are C"),
    _same("/Tp*", r"-x c++ \1 -x none"),
    _same("/Tc*", r"-x c \1 -x none"),
    _same("/E", "-E"),
    _same("~EP /P", "-E -P"),
    _same("~volatile:ms", "-Xclang -fms-volatile", "volatile orders memory"),
    _nothing("~volatile:iso", "it is the target's own meaning"),
    _nothing("~source-charset:utf-8 ~execution-charset:utf-8 ~utf-8 /utf8", "it is so"),
    _nothing("/source-charset:.65001 /execution-charset:.65001 ~validate-charset*", "it is so"),
    _refused("~source-charset:* ~execution-charset:*", "the compiler knows UTF-8 only"),
    _nothing("~bigobj /MP* ~MP#* ~errorReport:* ~cgthreads#", _HOW_IT_WORKS),
    _nothing("~nologo ~diagnostics:* ~showIncludes* ~sourceDependencies* /doc*", _MESSAGES),
    _nothing("~permissive* ~await* ~experimental:* ~options:*", "clang follows the standard"),
    _nothing("~external:* ~constexpr:* /H# /H## ~translateInclude", _MESSAGES),
    _nothing("~favor:* ~homeparams ~hotpatch ~vlen*", _X86),
    _nothing("~kernel- ~vm{b,g,m,s,v} ~vd#", "pointers to members have one form here"),
    _nothing("~jumptablerdata ~presetPadding ~fastfail ~feature:*", "it changes no result"),
    _nothing("~forceInterlockedFunctions* ~d1* ~d2* /Bt* /Bv /V* /X /link", _NOT_READ),
    _same("/c", "-c"),
    _refused("/fsanitize=* /fsanitize-coverage=*", "no sanitizer's runtime is there"),
    _refused(
        "/{interface,internalPartition,module*,headerUnit*,exportHeader,reference*,ifc*}",
        "modules of C++ are written for MSVC",
    ),
)

#: GNU-style options that clang's MinGW target or zig reject.
GNU = (
    _nothing("-march=armv8-a -march=armv8.0-a", "it is the target's own"),
    _same("-march=armv8-a+* -march=armv8.0-a+*", r"-mcpu=generic+\1"),
    _same("-march=armv8.#-a*", r"-mcpu=generic+v8_\1a\2"),
    _nothing("-m{arch,tune,fpu,float-abi}=* -mcpu=native", "the processor is the target's"),
    _nothing(
        "-m{,no-}{sse,ssse,avx,fma,bmi,aes,pclmul,popcnt,f16c,lzcnt,sha,xsave,mmx,adx}*", _X86
    ),
    _nothing("-m32 -m64 -mfpmath=* -march=*", _X86),
    _nothing("-mcmodel=* -mtls-dialect=*", "the target has one"),
    _nothing("-f{,no-}{gnu-unique,graphite*,var-tracking*,ipa-*}", "it is gcc's own"),
    _nothing("-fopenmp* -qopenmp -l{gomp,omp,iomp5,libiomp5md,vcomp}", _OPENMP, told=True),
    _nothing("-flto* -fno-lto -fuse-linker-plugin -ffat-lto-objects", "zig's Windows C library"),
    _nothing("-f{PIC,pic,PIE,pie} -fno-semantic-interposition -rdynamic", "it is for ELF"),
    _nothing("-f{,no-}plt -fuse-ld=* -pie -no-pie", "it is for ELF"),
    _nothing("-static-lib{gcc,stdc++,c++} -shared-libgcc", "zig links these statically"),
    _nothing("-m{threads,no-cygwin,dll,ms-bitfields}", "it is so"),
    _nothing("-bundle -dynamiclib -undefined dynamic_lookup -mmacosx-version-min=*", "macOS's"),
    _nothing("-stdlib=*", "zig has one C++ library, libc++"),
    _nothing("-f{stack-clash-protection,cf-protection}* -mbranch-protection*", "it is for ELF"),
    _nothing("-Werror", "warnings of another compiler must not stop the build"),
    # Libraries.
    _nothing(
        "-l{msvcrt,ucrt,vcruntime,msvcp,libcmt,msvcrtd,ucrtd,libucrt,libvcruntime,libcpmt}",
        "the UCRT is linked",
    ),
    _nothing(
        "-l{msvcrt,msvcp,msvcr,vcruntime}## -l{msvcrt,msvcp,msvcr,vcruntime}###",
        "the UCRT is linked",
    ),
    _nothing("-l{ucrtbase,synchronization,oldnames}", "the UCRT is linked"),
    _nothing("-l{rt,dl,util,nsl,resolv,gcc,gcc_s,gcc_eh,atomic}", "Windows has no such library"),
    _nothing("-ldelayimp", "its code is linked with every delay-loaded DLL"),
)

#: What becomes of flags for OpenMP where a prefix has its runtime.
OPENMP = (_same("-fopenmp* -qopenmp* /openmp* ~openmp:*", "-fopenmp"),)

#: GNU ld's options, as they are between the commas of `-Wl,` or after -Xlinker; one with a value
#: is written `--option=value` here, however it was.
LINKER = (
    _same("{-,--}delayload=*", r"-Xlinker -Xlink=-delayload:\1", _DELAYED),
    _same("--allow-multiple-definition", "-Xlinker -Xlink=-force:multiple"),
    _same("-z=muldefs", "-Xlinker -Xlink=-force:multiple"),
    _same("--output-def=*", r"-Xlinker -Xlink=-output-def:\1"),
    _same("--exclude-all-symbols", "-Xlinker -Xlink=-exclude-all-symbols"),
    _same("--exclude-symbols=*", r"-Xlinker -Xlink=-exclude-symbols:\1"),
    _same("--appcontainer", "-Xlinker -Xlink=-appcontainer"),
    _same("--heap=*", r"-Xlinker -Xlink=-heap:\1"),
    _same("{-,--}Map=*", r"-Xlinker -Xlink=-lldmap:\1"),
    _same("--file-alignment=*", r"-Xlinker -Xlink=-filealign:\1"),
    _same("{--undefined,-u,--require-defined}=*", r"-Wl,-u,\1"),
    _same("{--entry,-e}=*", r"-Wl,-e,\1"),
    _same("--subsystem=*:*", r"-Wl,--subsystem,\1"),
    _refused("--section-alignment=*", "an image of this form is not made here"),
    _nothing("{--image-base,-Ttext}=* --default-image-base-*", _RELOCATED),
    _nothing("--{enable,disable}-auto-image-base*", _RELOCATED),
    _nothing(
        "--{disable,no}-{dynamicbase,nxcompat,high-entropy-va,reloc-section,tsaware}", _ALWAYS
    ),
    _nothing("--enable-reloc-section --large-address-aware --disable-large-address-aware", _ALWAYS),
    _nothing("--kill-at -k --{enable,disable}-stdcall-fixup {-,--}add-stdcall-alias", _X86),
    _nothing("--no-seh --disable-no-seh --no-leading-underscore --leading-underscore", _X86),
    _nothing("--{,no-}insert-timestamp --force-exe-suffix", "the same sources make the same bytes"),
    _nothing("--{enable,disable}-{auto-import,runtime-pseudo-reloc*}", "it is so"),
    _nothing("--{,no-}guard-{cf,longjmp}", _CFG),
    _nothing("--icf=* --strip-all --strip-debug -s -S -x --discard-all", "it changes no result"),
    _nothing("--verbose --trace -t --{,no-}warn-* --cref --demangle --no-demangle", _MESSAGES),
    _nothing("-y=* --reproduce=* --print-map -M --stats --{,no-}color-diagnostics*", _MESSAGES),
    _nothing(
        "-z=* -rpath=* --rpath=* -rpath-link=* --rpath-link=* -R=* {-,--}soname=* -h=*",
        "it is for ELF",
    ),
    _nothing("--hash-style=* -O# -O --build-id* --{,no-}as-needed -Bsymbolic*", "it is for ELF"),
    _nothing("--version-script=* --no-undefined --exclude-libs=* --sort-common*", "it is for ELF"),
    _nothing("--{enable,disable}-new-dtags --{,no-}allow-shlib-undefined -E", "it is for ELF"),
    _nothing(
        "-rdynamic {-,--}export-dynamic --eh-frame-hdr --no-copy-dt-needed-entries", "it is for ELF"
    ),
    _nothing("--no-keep-memory --reduce-memory-overheads --{,no-}relax -plugin*", "it is ld's own"),
    _nothing(
        "--{,no-}gc-keep-exported --no-rosegment --compress-debug-sections=*", "it is for ELF"
    ),
    _nothing("-headerpad_max_install_names -dead_strip* -undefined=* -bind_at_load", "macOS's"),
    _nothing("-search_paths_first -no_compact_unwind -ld_classic -w", "macOS's"),
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
UNKNOWN = Rule("nothing", ("/*",), (), "it is no option that is known here", told=True)

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
        return None if is_path(argument) else _find(argument, (MSVC_LINK, MSVC, (UNKNOWN,)))
    if argument.startswith("-") or argument == "dynamic_lookup":
        return _find(argument, (MSVC_LINK, MSVC, GNU))
    return None


def find_linker_rule(argument: str) -> Found | None:
    """Return what is done with an option of the linker's, or None where it is passed on.

    >>> find_linker_rule("--heap=4096").becomes
    ('-Xlinker', '-Xlink=-heap:4096')
    """
    return _find(argument, (LINKER,))


def find_openmp_rule(argument: str) -> Found | None:
    """Return what becomes of a flag for OpenMP where there is a runtime, or None for another.

    >>> find_openmp_rule("/openmp:llvm").becomes, find_openmp_rule("-O2")
    (('-fopenmp',), None)
    """
    return _find(argument, (OPENMP,))


@functools.lru_cache(maxsize=4096)
def _find(argument: str, tables: tuple[tuple[Rule, ...], ...]) -> Found | None:
    for rule in itertools.chain.from_iterable(tables):
        match = _pattern(rule).fullmatch(argument)
        if match:
            groups = tuple(group for group in match.groups() if group is not None)
            return Found(rule, tuple(_filled(part, argument, groups) for part in rule.becomes))
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
