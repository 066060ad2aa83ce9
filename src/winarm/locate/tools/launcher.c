/* The one-word tools of a toolchain that has many names for one program.

   One program under many names: aarch64-w64-mingw32-clang, …-ar, …-windres and so on. It is compiled
   by the toolchain itself for the machine that builds. What becomes of a flag comes from the table
   that winarm's Python translator reads, too: table.h is made of it (flag_rules.py). What is rare is
   left to a Python program (programs), so that this one starts in a millisecond. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#ifdef _WIN32
#include <windows.h>
#include <shellapi.h>
#include <io.h>
#include <fcntl.h>
#else
#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>
#endif

/* Rules: the forms of one rule follow each other. */
struct rule {
  const char *form;
  const char *becomes; /* one argument a line */
  const char *why;
  unsigned char verdict; /* 0 same, 1 nothing, 2 refused, 3 foreign */
  unsigned char shown;
  unsigned char caseless;
};
struct pair {
  const char *from, *to;
};

#include "table.h"

/* ---- text and lists ---------------------------------------------------------------------- */

typedef struct {
  char **items;
  int count, room;
} list;

static void fail(const char *text, const char *more) {
  fprintf(stderr, "winarm: error: %s%s\n", text, more);
  exit(1);
}

static void *get(size_t size) {
  void *memory = malloc(size ? size : 1);
  if (!memory) fail("out of memory", "");
  return memory;
}

static char *copied(const char *text, size_t length) {
  char *copy = get(length + 1);
  memcpy(copy, text, length);
  copy[length] = 0;
  return copy;
}

static char *joined(const char *a, const char *b, const char *c) {
  size_t x = strlen(a), y = strlen(b), z = strlen(c);
  char *text = get(x + y + z + 1);
  memcpy(text, a, x);
  memcpy(text + x, b, y);
  memcpy(text + x + y, c, z + 1);
  return text;
}

static void add(list *to, const char *item) {
  if (to->count + 2 > to->room) {
    to->room = to->room ? 2 * to->room : 64;
    to->items = realloc(to->items, to->room * sizeof *to->items);
    if (!to->items) fail("out of memory", "");
  }
  to->items[to->count++] = (char *)item;
  to->items[to->count] = 0;
}

static void insert(list *to, int at, const char *item) {
  add(to, item);
  memmove(to->items + at + 1, to->items + at, (to->count - 1 - at) * sizeof *to->items);
  to->items[at] = (char *)item;
}

static void take(list *from, int at, int count) {
  memmove(from->items + at, from->items + at + count,
          (from->count - at - count + 1) * sizeof *from->items);
  from->count -= count;
}

static int is(const char *a, const char *b) { return !strcmp(a, b); }
static int begins(const char *text, const char *with) { return !strncmp(text, with, strlen(with)); }

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }

static int ends(const char *text, const char *with) {
  size_t a = strlen(text), b = strlen(with);
  if (a < b) return 0;
  for (size_t i = 0; i < b; i++)
    if (lower(text[a - b + i]) != with[i]) return 0;
  return 1;
}

static char *lowered(const char *text) {
  char *copy = copied(text, strlen(text));
  for (char *c = copy; *c; c++) *c = lower(*c);
  return copy;
}

static int among(const char *text, const char *const *set) {
  for (; *set; set++)
    if (is(text, *set)) return 1;
  return 0;
}

static const char *after_folder(const char *path) {
  const char *name = path;
  for (const char *c = path; *c; c++)
    if (*c == '/' || (WINDOWS && (*c == '\\' || *c == ':'))) name = c + 1;
  return name;
}

/* ---- the machine ---------------------------------------------------------------------------- */

#ifdef _WIN32
static wchar_t *wide(const char *text) {
  int length = MultiByteToWideChar(CP_UTF8, 0, text, -1, 0, 0);
  wchar_t *result = get(length * sizeof *result);
  MultiByteToWideChar(CP_UTF8, 0, text, -1, result, length);
  return result;
}
static char *narrow(const wchar_t *text) {
  int length = WideCharToMultiByte(CP_UTF8, 0, text, -1, 0, 0, 0, 0);
  char *result = get(length);
  WideCharToMultiByte(CP_UTF8, 0, text, -1, result, length, 0, 0);
  return result;
}
static FILE *opened(const char *path, const char *mode) { return _wfopen(wide(path), wide(mode)); }
static int kind(const char *path) { /* 0 none, 1 file, 2 folder */
  DWORD a = GetFileAttributesW(wide(path));
  return a == INVALID_FILE_ATTRIBUTES ? 0 : a & FILE_ATTRIBUTE_DIRECTORY ? 2 : 1;
}
static char *variable(const char *name) {
  wchar_t *value = _wgetenv(wide(name));
  return value && *value ? narrow(value) : 0;
}
static void set_variable(const char *name, const char *value) {
  SetEnvironmentVariableW(wide(name), wide(value));
}
static void removed(const char *path) { DeleteFileW(wide(path)); }
static long own_number(void) { return (long)GetCurrentProcessId(); }
#define SEPARATOR ';'

static wchar_t *command_line(char **argv) {
  size_t room = 1;
  for (char **a = argv; *a; a++) room += 2 * strlen(*a) + 3;
  wchar_t *line = get(room * sizeof *line), *to = line;
  for (char **a = argv; *a; a++) {
    wchar_t *text = wide(*a);
    if (a != argv) *to++ = ' ';
    if (*text && !wcspbrk(text, L" \t\"")) {
      for (; *text; text++) *to++ = *text;
      continue;
    }
    *to++ = '"';
    for (;; text++) {
      int slashes = 0;
      for (; *text == '\\'; text++) slashes++;
      if (!*text) slashes *= 2;
      else if (*text == '"') slashes = 2 * slashes + 1;
      while (slashes--) *to++ = '\\';
      if (!*text) break;
      *to++ = *text;
    }
    *to++ = '"';
  }
  *to = 0;
  return line;
}

static int run(char **argv) {
  STARTUPINFOW start = {sizeof start};
  PROCESS_INFORMATION made;
  wchar_t *line = command_line(argv);
  char *file = 0;
  if (wcslen(line) > 30000) {
    /* The program's own name stays; zig reads the rest from a file. */
    char number[32];
    const char *folder = variable("TEMP");
    snprintf(number, sizeof number, "%ld.rsp", own_number());
    file = joined(folder ? folder : ".", "\\winarm-", number);
    FILE *out = opened(file, "wb");
    if (!out) fail("cannot write ", file);
    for (char **a = argv + 2; *a; a++) {
      fputc('"', out);
      for (char *c = *a; *c; c++) {
        if (*c == '"' || *c == '\\') fputc('\\', out);
        fputc(*c, out);
      }
      fputs("\"\n", out);
    }
    fclose(out);
    char *short_argv[] = {argv[0], argv[1], joined("@", file, ""), 0};
    line = command_line(short_argv);
  }
  HANDLE job = CreateJobObjectW(0, 0);
  JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = {0};
  limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
  if (job) SetInformationJobObject(job, JobObjectExtendedLimitInformation, &limits, sizeof limits);
  if (!CreateProcessW(wide(argv[0]), line, 0, 0, TRUE, 0, 0, 0, &start, &made)) return -1;
  if (job) AssignProcessToJobObject(job, made.hProcess);
  WaitForSingleObject(made.hProcess, INFINITE);
  DWORD status = 1;
  GetExitCodeProcess(made.hProcess, &status);
  if (file) removed(file);
  return (int)status;
}

static int replaced_by(char **argv) { return run(argv); }
#else
static FILE *opened(const char *path, const char *mode) { return fopen(path, mode); }
static int kind(const char *path) {
  struct stat found;
  return stat(path, &found) ? 0 : S_ISDIR(found.st_mode) ? 2 : 1;
}
static char *variable(const char *name) {
  char *value = getenv(name);
  return value && *value ? value : 0;
}
static void set_variable(const char *name, const char *value) { setenv(name, value, 1); }
static void removed(const char *path) { unlink(path); }
static long own_number(void) { return (long)getpid(); }
#define SEPARATOR ':'

static int replaced_by(char **argv) {
  execvp(argv[0], argv);
  return -1;
}

static int run(char **argv) {
  int status;
  pid_t child = fork();
  if (child < 0) return -1;
  if (!child) {
    replaced_by(argv);
    _exit(127);
  }
  while (waitpid(child, &status, 0) < 0)
    if (errno != EINTR) return -1;
  if (WIFEXITED(status)) return WEXITSTATUS(status) == 127 ? -1 : WEXITSTATUS(status);
  return 128 + WTERMSIG(status);
}
#endif

static int exists(const char *path) { return kind(path) != 0; }

static const char *temporary_folder(void) {
  const char *names[] = {"TMPDIR", "TEMP", "TMP"};
  for (int i = 0; i < 3; i++)
    if (variable(names[i])) return variable(names[i]);
  return WINDOWS ? "." : "/tmp";
}

/* ---- the table ------------------------------------------------------------------------------ */

static const char *capture[8];
static size_t captured[8];

/* Match a form from `form` on; `*` takes as much as it can. */
static int matches(const char *form, const char *text, int caseless, int number) {
  for (; *form; form++, text++) {
    if (*form == '*') {
      for (size_t length = strlen(text) + 1; length-- > 0;)
        if (matches(form + 1, text + length, caseless, number + 1)) {
          capture[number] = text;
          captured[number] = length;
          return 1;
        }
      return 0;
    }
    if (*form == '#') {
      if (*text < '0' || *text > '9') return 0;
      capture[number] = text;
      captured[number++] = 1;
    } else if (*form != *text && !(caseless && lower(*form) == lower(*text))) {
      return 0;
    }
  }
  return !*text;
}

static const struct rule *rule_of(const struct rule *rules, const char *argument) {
  for (const struct rule *rule = rules; rule->form; rule++) {
    const char *form = rule->form;
    if (*form == '~' ? *argument != '/' && *argument != '-' : *form != *argument && *form != '*')
      continue;
    if (matches(form + 1, argument + 1, rule->caseless, 1)) {
      capture[0] = argument + strlen(argument) - 1;
      captured[0] = 1;
      return rule;
    }
  }
  return 0;
}

static int is_path(const char *argument) {
  const char *name = after_folder(argument);
  if (exists(argument)) return 1;
  if (name - argument < 2) return 0;
  return kind(copied(argument, name - argument - 1)) == 2;
}

static const struct rule *find_rule(const char *argument) {
  const struct rule *found;
  if (*argument == '/') {
    if (is_path(argument)) return 0;
    if ((found = rule_of(msvc_link_rules, argument))) return found;
    if ((found = rule_of(msvc_rules, argument))) return found;
    return rule_of(unknown_rules, argument);
  }
  if (*argument != '-' && !is(argument, "dynamic_lookup")) return 0;
  if ((found = rule_of(msvc_link_rules, argument))) return found;
  if ((found = rule_of(msvc_rules, argument))) return found;
  return rule_of(gnu_rules, argument);
}

/* `+nofp16` is `-fullfp16`: zig's spelling of a processor's features. */
static char *processor(char *text) {
  char *result = copied(text, strcspn(text, "+"));
  for (char *part = strchr(text, '+'); part; part = strchr(part + 1, '+')) {
    size_t length = strcspn(part + 1, "+");
    char *name = copied(part + 1, length);
    const char *sign = "+";
    if (begins(name, "no")) {
      sign = "-";
      name += 2;
    }
    for (const struct pair *feature = features; feature->from; feature++)
      if (is(name, feature->from)) {
        name = copied(feature->to, strlen(feature->to));
        break;
      }
    for (char *c = name; *c; c++)
      if (*c == '-') *c = '_';
    result = joined(result, sign, name);
  }
  return result;
}

/* Add what an argument becomes, of which `capture` holds the parts. */
static void become(list *to, const struct rule *rule) {
  for (const char *part = rule->becomes; *part;) {
    size_t length = strcspn(part, "\n");
    size_t room = length + 1;
    for (int i = 0; i < 8; i++) room += captured[i] * length;
    char *text = get(room), *end = text;
    for (size_t i = 0; i < length; i++) {
      if (part[i] == '\\' && i + 1 < length) {
        int number = part[++i] - '0';
        memcpy(end, capture[number], captured[number]);
        end += captured[number];
      } else {
        *end++ = part[i];
      }
    }
    *end = 0;
    add(to, begins(text, "-mcpu=") ? processor(text) : text);
    part += length + (part[length] == '\n');
  }
}

/* ---- telling --------------------------------------------------------------------------------- */

static void json(FILE *to, const char *text) {
  fputc('"', to);
  for (; *text; text++) {
    if (*text == '"' || *text == '\\') fputc('\\', to);
    if ((unsigned char)*text < 32) fprintf(to, "\\u%04x", *text);
    else fputc(*text, to);
  }
  fputc('"', to);
}

/* One line to the build that runs this, or on standard error, where somebody called it. */
static void report(const char *was, char **becomes, int count, const char *why, int shown) {
  char *path = variable("WINARMTOOLS_JOURNAL");
  if (path) {
    char *line = get(1 << 16);
    FILE *file = opened(path, "ab");
    if (!file) return;
    /* In one piece: many processes write. */
    setvbuf(file, line, _IOFBF, 1 << 16);
    fputs("{\"event\": \"flag\", \"was\": ", file);
    json(file, was);
    fputs(", \"becomes\": [", file);
    for (int i = 0; i < count; i++) {
      if (i) fputs(", ", file);
      json(file, becomes[i]);
    }
    fputs("], \"why\": ", file);
    json(file, why);
    fprintf(file, ", \"shown\": %s}\n", shown ? "true" : "false");
    fclose(file);
  } else if (shown) {
    fprintf(stderr, "winarm: %s: ", was);
    if (!count) fputs("dropped", stderr);
    for (int i = 0; i < count; i++) fprintf(stderr, "%s%s", i ? " " : "", becomes[i]);
    fprintf(stderr, "%s%s%s\n", *why ? " (" : "", why, *why ? ")" : "");
  }
}

static int globbed(const char *pattern, const char *text) {
  for (; *pattern; pattern++, text++) {
    if (*pattern == '*') {
      do
        if (globbed(pattern + 1, text)) return 1;
      while (*text++);
      return 0;
    }
    if (!*text || (*pattern != '?' && *pattern != *text)) return 0;
  }
  return !*text;
}

static int is_dropped(const char *argument) {
  const char *patterns = variable("WINARMTOOLS_DROP");
  while (patterns && *patterns) {
    size_t length = strcspn(patterns, "\n");
    if (globbed(copied(patterns, length), argument)) {
      report(argument, 0, 0, "dropped as asked", 1);
      return 1;
    }
    patterns += length + (patterns[length] == '\n');
  }
  return 0;
}

static int is_probe;  /* whether a build system only asks something */
static int is_asked;  /* whether it asks for the argument that is looked at */
static int is_strict; /* whether an option that does nothing is an error to it, as to Meson */

static void apply(list *to, const char *argument, const struct rule *rule) {
  int before = to->count;
  if (rule->verdict == 2) {
    fprintf(stderr,
            "winarm: error: %s is refused: %s. It would change the code, its layout or how it is "
            "loaded. To build without it: -C winarm.drop-flags=%s\n",
            argument, rule->why, argument);
    exit(1);
  }
  if (rule->verdict == 3 && is_asked) {
    /* CMake judges by these words, as by Microsoft's and clang's. */
    fprintf(stderr, "winarm: unknown option %s: %s\n", argument, rule->why);
    if (is_strict) exit(1);
  }
  become(to, rule);
  report(argument, to->items + before, to->count - before, rule->why, rule->shown);
}

/* ---- translating ------------------------------------------------------------------------------- */

static int is_inside(const char *path, const char *folder, size_t size) {
  return !strncmp(path, folder, size) && (!path[size] || path[size] == '/');
}

/* Whether an argument names a folder of the host's own headers or libraries. */
static int is_of_host(const char *argument) {
  static const char *const options[] = {"-I", "-L", "-isystem", "-iquote", "-idirafter", 0};
  const char *const *option = options;
  while (*option && !begins(argument, *option)) option++;
  if (!*option) return 0;
  const char *folder = argument + strlen(*option), *root = variable("WINARMTOOLS_ROOTS");
  while (root && *root) {
    const char *end = strchr(root, SEPARATOR);
    size_t size = end ? (size_t)(end - root) : strlen(root);
    if (size && is_inside(folder, root, size)) return 0;
    root += size + (end != 0);
  }
  for (const char *const *name = installed; *name; name++)
    if (strstr(folder, joined("/", *name, "/"))) return 0;
  for (const char *const *host = host_folders; *host; host++)
    if (is_inside(folder, *host, strlen(*host))) return 1;
  return 0;
}

static void one(list *to, const char *argument) {
  const struct rule *rule;
  if ((*argument == '-' || *argument == '/') && is_dropped(argument)) return;
  if (!WINDOWS && is_of_host(argument)) {
    report(argument, 0, 0, "the host's headers and libraries are not the target's", 0);
    return;
  }
  if (variable("WINARMTOOLS_OPENMP") && (rule = rule_of(openmp_rules, argument))) {
    apply(to, argument, rule);
    return;
  }
  /* Libraries are looked for first; a probe judges by its warnings. */
  if (begins(argument, "-l") || (is(argument, "-Werror") && is_probe)) rule = 0;
  else rule = find_rule(argument);
  if (rule) apply(to, argument, rule);
  else add(to, argument);
}

/* Options of the linker's, as they are between commas; `comma` is where the value is apart. */
static void linker(list *to, const char *options, int split) {
  while (*options) {
    size_t length = split ? strcspn(options, ",") : strlen(options);
    char *option = copied(options, length), *whole = option;
    const char *value = 0;
    const struct rule *rule;
    options += length + (options[length] == ',');
    if (begins(option, "-Xlink=")) {
      add(to, "-Xlinker");
      add(to, *options ? joined(option, ",", options) : option);
      return;
    }
    if (among(option, linker_valued) && *options) {
      length = strcspn(options, ",");
      value = copied(options, length);
      options += length + (options[length] == ',');
      whole = joined(option, "=", value);
    }
    if (is_dropped(joined("-Wl,", whole, ""))) continue;
    if ((rule = rule_of(linker_rules, whole))) apply(to, joined("-Wl,", whole, ""), rule);
    else if (!value && (begins(option, "-l") || begins(option, "-L") || *option == '/'))
      one(to, option);
    else {
      char *written = joined("-Wl,", option, "");
      add(to, value ? joined(written, ",", value) : written);
    }
  }
}

static int asked_start, asked_end; /* where CMake asks for flags; all may be meant if the end is 0 */

/* CMake has the flag that it asks for after all others but the standard that it adds itself. Those
   before are of the project, such as CMAKE_CXX_FLAGS, and a word about them would be the answer to
   every other question. */
static void find_asked(const list *given) {
  const struct rule *rule;
  int compiles = 0, end = given->count;
  for (int i = given->count - 1; i >= 0; i--) {
    const char *word = given->items[i];
    compiles |= is(word, "-c");
    if (is(word, "-c") || is(word, "-o") || is(word, "-MD") || is(word, "-MT")) end = i;
  }
  if (end > 0 && begins(given->items[end - 1], "-std=gnu")) end--;
  asked_end = asked_start = compiles ? end : 0;
  while (asked_start > 0 && (rule = find_rule(given->items[asked_start - 1])) &&
         rule->verdict == 3)
    asked_start--;
  if (!asked_end) asked_start = asked_end = -1;
}

static void translate(list *to, char **arguments, int lists_dependencies) {
  char **first = arguments;
  for (; *arguments; arguments++) {
    const char *argument = *arguments, *next = arguments[1];
    const struct pair *apart = option_apart;
    int place = (int)(arguments - first);
    is_asked = is_probe && (!asked_end || (place >= asked_start && place < asked_end));
    /* Microsoft's programs ignore an empty argument, others take it for a file. */
    if (!*argument) continue;
    while (apart->from && !is(apart->from, argument)) apart++;
    if (among(argument, valued) || (is(argument, "-MT") && lists_dependencies)) {
      add(to, argument);
      if (next) add(to, *++arguments);
    } else if (is(argument, "-Xlinker") && next) {
      linker(to, *++arguments, 0);
    } else if (begins(argument, "-Wl,")) {
      linker(to, argument + 4, 1);
    } else if (begins(argument, "-Wp,")) {
      for (const char *part = argument + 4; *part;) {
        size_t length = strcspn(part, ",");
        one(to, copied(part, length));
        part += length + (part[length] == ',');
      }
    } else if (among(argument, handed_on) && next) {
      const struct rule *rule = find_rule(*++arguments);
      if (rule && !*rule->becomes) {
        list none = {0};
        apply(&none, joined(argument, " ", next), rule);
      } else {
        add(to, argument);
        add(to, next);
      }
    } else if (apart->from && next) {
      one(to, joined(apart->to, *++arguments, ""));
    } else {
      one(to, argument);
    }
  }
}

/* ---- response files --------------------------------------------------------------------------- */

static char *content(const char *path, size_t *size) {
  FILE *file = opened(path, "rb");
  if (!file) return 0;
  size_t room = 1 << 16, length = 0, more;
  char *text = get(room + 1);
  while ((more = fread(text + length, 1, room - length, file)) > 0) {
    length += more;
    if (length == room) {
      text = realloc(text, (room *= 2) + 1);
      if (!text) fail("out of memory", "");
    }
    if (length > (64u << 20)) fail("too long: ", path);
  }
  fclose(file);
  text[length] = 0;
  if (size) *size = length;
  return text;
}

static void expand(list *to, const char *argument, int depth) {
  char *text = *argument == '@' && depth < 8 ? content(argument + 1, 0) : 0;
  if (!text) {
    add(to, argument);
    return;
  }
  char *from = text, *word = get(strlen(text) + 1);
  while (*from) {
    char *end = word, quote = 0;
    int any = 0;
    for (; *from == ' ' || *from == '\t' || *from == '\n' || *from == '\r'; from++)
      ;
    for (; *from && (quote || !strchr(" \t\r\n", *from)); from++) {
      any = 1;
      if (*from == quote) quote = 0;
      else if (!quote && (*from == '"' || *from == '\'')) quote = *from;
      else if (*from == '\\' && quote != '\'' && from[1] &&
               (!WINDOWS || from[1] == '"' || from[1] == '\\'))
        *end++ = *++from;
      else *end++ = *from;
    }
    if (any) expand(to, copied(word, end - word), depth + 1);
  }
}

/* ---- libraries --------------------------------------------------------------------------------- */

static int prefers_static;

static char *library_in(const char *folder, const char *name) {
  char *found = 0;
  for (const char *const *form = library_forms; *form; form++) {
    const char *hole = strchr(*form, '*');
    char *file = joined(copied(*form, hole - *form), name, hole + 1);
    char *path = joined(folder, *folder && folder[strlen(folder) - 1] == '/' ? "" : "/", file);
    if (kind(path) != 1) continue;
    if (!found) found = path;
    /* An import library is what ends in .dll.a; a .lib may be either. */
    if (!prefers_static || !(ends(path, ".dll.a") || ends(path, ".dll"))) return path;
  }
  return found;
}

static char *find_library(const list *folders, const char *name) {
  list names = {0};
  add(&names, name);
  if (begins(name, "lib") && name[3]) add(&names, name + 3);
  char *small = lowered(name);
  for (const char *const *same = same_library; *same; same++) {
    /* Groups end with an empty name. */
    const char *const *group = same;
    int belongs = 0;
    for (; **same; same++) belongs |= is(*same, small);
    for (; belongs && **group; group++) add(&names, *group);
  }
  for (int i = 0; i < folders->count; i++)
    for (int j = 0; j < names.count; j++) {
      char *path = library_in(folders->items[i], names.items[j]);
      if (path) return path;
    }
  return 0;
}

static void link_name(list *command, const list *folders, const char *name) {
  char *option = joined("-l", lowered(name), ""), *found = find_library(folders, name);
  const struct rule *rule = rule_of(gnu_rules, option);
  if (found) add(command, found);
  else if (rule) apply(command, option, rule);
  else add(command, option);
}

/* What static libraries of a prefix need: next to each is a file with a name a line. */
static void link_needed(list *command, const list *folders) {
  for (int i = 0, count = command->count; i < count; i++) {
    const char *path = command->items[i];
    char *names = *path == '-' ? 0 : content(joined(path, ".needs", ""), 0);
    for (char *name = names ? strtok(names, "\n") : 0; name; name = strtok(0, "\n"))
      link_name(command, folders, name);
  }
}

/* Libraries that the sources of an object name by `#pragma comment(lib, …)`. */
static unsigned number(const unsigned char *at, int bytes) {
  unsigned value = 0;
  while (bytes--) value = value << 8 | at[bytes];
  return value;
}

static void directives(list *found, const char *text, size_t length) {
  const char *end = text + length;
  while (text < end) {
    while (text < end && (*text == ' ' || !*text)) text++;
    const char *word = text;
    int quoted = 0;
    for (; text < end && (quoted || (*text != ' ' && *text)); text++)
      if (*text == '"') quoted = !quoted;
    size_t size = text - word;
    if (size < 13) continue;
    char *option = copied(word, size), *name = option + 12;
    name[-1] = 0;
    if (!is(lowered(option + 1), "defaultlib")) continue;
    if (*name == '"') name++;
    name[strcspn(name, "\"")] = 0;
    if (*name && !strpbrk(name, "/\\")) add(found, name);
  }
}

static void read_object(list *found, FILE *file, long at, long size) {
  unsigned char head[56], section[40];
  if (size < 20 || fseek(file, at, SEEK_SET) || fread(head, 1, 20, file) != 20) return;
  unsigned sections = number(head + 2, 2), skip = 20 + number(head + 16, 2);
  if (number(head, 4) == 0xFFFF0000u) { /* /bigobj's, or an import */
    if (fread(head + 20, 1, 36, file) != 36 || number(head + 4, 2) < 2) return;
    sections = number(head + 44, 4);
    skip = 56;
  } else if (number(head, 2) != 0xAA64) {
    return;
  }
  for (unsigned i = 0; i < sections && i < 65536; i++) {
    if (fseek(file, at + skip + (long)i * 40, SEEK_SET)) return;
    if (fread(section, 1, 40, file) != 40) return;
    if (memcmp(section, ".drectve", 8)) continue;
    unsigned length = number(section + 16, 4), where = number(section + 20, 4);
    if (length > 1 << 20 || (long)where + (long)length > size) continue;
    char *text = get(length);
    if (fseek(file, at + (long)where, SEEK_SET) || fread(text, 1, length, file) != length) return;
    directives(found, text, length);
  }
}

static void read_file(list *found, const char *path) {
  char head[60], size[11];
  FILE *file = opened(path, "rb");
  if (!file) return;
  if (fseek(file, 0, SEEK_END)) return;
  long end = ftell(file), at = 8;
  rewind(file);
  if (fread(head, 1, 8, file) == 8 && !memcmp(head, "!<arch>\n", 8)) {
    while (at + 60 <= end && !fseek(file, at, SEEK_SET) && fread(head, 1, 60, file) == 60) {
      memcpy(size, head + 48, 10);
      size[10] = 0;
      long length = strtol(size, 0, 10);
      if (length < 0 || at + 60 + length > end) break;
      if (head[0] != '/' || (head[1] >= '0' && head[1] <= '9'))
        read_object(found, file, at + 60, length);
      at += 60 + length + (length & 1);
    }
  } else {
    read_object(found, file, 0, end);
  }
  fclose(file);
}

/* Have the linker find what objects name, and link what the names stand for. */
static void link_named(list *command, const list *folders) {
  list found = {0};
  int count = command->count, any = 0;
  for (int i = 0; i < count; i++) {
    const char *path = command->items[i];
    if (*path != '-' && (ends(path, ".o") || ends(path, ".obj") || ends(path, ".a") ||
                         (ends(path, ".lib"))) && !ends(path, ".dll.a"))
      read_file(&found, path);
  }
  for (int i = 0; i < found.count; i++) {
    char *name = found.items[i], *file = ends(name, ".lib") ? name : joined(name, ".lib", "");
    char *stem = copied(file, strlen(file) - 4), *path;
    int seen = 0, there = 0;
    for (int j = 0; j < i; j++) seen |= is(found.items[j], name);
    if (seen) continue;
    for (int j = 0; j < folders->count; j++)
      there |= kind(joined(folders->items[j], "/", file)) == 1;
    if (there) continue;
    any = 1;
    path = joined(EMPTY_LIBRARIES, "/", file);
    if (!exists(path)) {
      /* Nobody reads an unfinished one: all write the same eight bytes. */
      FILE *empty = opened(path, "wb");
      if (empty) {
        fputs("!<arch>\n", empty);
        fclose(empty);
      }
    }
    if ((path = find_library(folders, stem))) {
      add(command, path);
    } else {
      char *option = joined("-l", lowered(stem), "");
      if (!rule_of(gnu_rules, option)) add(command, option);
    }
  }
  if (any) add(command, "-L" EMPTY_LIBRARIES);
}

/* ---- the compiler -------------------------------------------------------------------------------- */

static const char *const c_endings[] = {".c", ".i", ".m", 0};
static const char *const cxx_endings[] = {".cc", ".cpp", ".cxx", ".c++", ".cp", ".ii", ".mm", 0};
static const char *const other_endings[] = {".s", 0};

static int ends_among(const char *text, const char *const *endings) {
  for (; *endings; endings++)
    if (ends(text, *endings)) return 1;
  return 0;
}

/* 1 C, 2 C++, 3 assembler; 0 for what is no source. */
static int language_of(const char *path) {
  size_t length = strlen(path);
  if (length > 2 && is(path + length - 2, ".C")) return 2;
  if (ends_among(path, c_endings)) return 1;
  if (ends_among(path, cxx_endings)) return 2;
  return ends_among(path, other_endings) ? 3 : 0;
}

static int is_standard(const char *argument, int of_cxx) {
  static const char *const c[] = {"-std=c", "-std=gnu", "-std=iso9899:", 0};
  for (const char *const *form = c; *form; form++) {
    if (!begins(argument, *form)) continue;
    const char *rest = argument + strlen(*form);
    if (of_cxx ? begins(rest, "++") : *rest >= '0' && *rest <= '9') return 1;
  }
  return 0;
}

/* Start a program in Python; -1 where there is none. */
static int in_python(const char *tool, char **arguments, int (*start)(char **)) {
  list command = {0};
  static const char *const others[] = {PYTHON, "python3", "python", 0};
  for (const char *const *program = others; *program; program++) {
    command.count = 0;
    add(&command, *program);
    add(&command, "-I");
    add(&command, "-S");
    add(&command, PROGRAMS);
    add(&command, tool);
    for (char **a = arguments; *a; a++) add(&command, *a);
    int status = start(command.items);
    if (status != -1) return status;
  }
  return -1;
}

static int python(const char *tool, char **arguments, int (*start)(char **)) {
  int status = in_python(tool, arguments, start);
  if (status == -1) fail("there is no Python for ", tool);
  return status;
}

/* Before the first link, a program has zig make its libraries with all processors; without it zig
   makes them all the same. */
static void make_libraries(int of_cxx) {
  char *language = of_cxx ? "c++" : "c";
  char *mark = joined(variable("ZIG_GLOBAL_CACHE_DIR"), "/" MADE "-", language);
  char *arguments[] = {language, mark, 0};
  if (!exists(mark)) in_python("libraries", arguments, run);
}

static int zig(const char *tool, char **arguments) {
  list command = {0};
  add(&command, ZIG);
  add(&command, tool);
  for (char **a = arguments; *a; a++) add(&command, *a);
  int status = replaced_by(command.items);
  if (status == -1) fail("cannot start ", ZIG);
  return status;
}

/* Whether a text has a word that does not go on. */
static int mentions(const char *text, const char *word) {
  size_t length = strlen(word);
  while ((text = strstr(text, word)) != 0) {
    char next = *(text += length);
    if (next != '_' && !(next >= '0' && next <= '9') && !(lower(next) >= 'a' && lower(next) <= 'z'))
      return 1;
  }
  return 0;
}

static char *object_name(const char *source) {
  const char *name = after_folder(source);
  const char *dot = strrchr(name, '.');
  return joined(copied(name, dot ? (size_t)(dot - name) : strlen(name)), ".o", "");
}

/* -O and -g of a link: zig would make its libraries again for each. */
static int is_variant(const char *argument) {
  return (begins(argument, "-O") && strlen(argument) <= 6) ||
         (begins(argument, "-g") && strlen(argument) <= 12 && !begins(argument, "-gcc"));
}

static int compile(int of_cxx, int preprocesses, char **arguments) {
  list given = {0}, flags = {0}, command = {0}, extra = {0}, folders = {0}, sources = {0};
  int compiles = preprocesses, shared = 0, dependencies = 0, inputs = 0, listens = 0, pdb = 0;
  int position = 0, languages = 0, optimised = 1, has_language = 0, parallel = 0, is_cmake = 0;
  const char *output = 0, *import_library = 0, *discarded = 0, *found;

  for (char **a = arguments; *a; a++) expand(&given, *a, 0);
  for (int i = 0; i < given.count; i++) {
    const char *asked = given.items[i];
    if (is(asked, "-dumpmachine")) return puts(MACHINE) < 0;
    if (begins(asked, "-print-file-name=")) return puts(asked + 17) < 0;
    if (begins(asked, "-print-prog-name="))
      return printf("%s%s-%s%s\n", FOLDER, MACHINE, asked + 17, WINDOWS ? ".exe" : "") < 0;
    if (is(asked, "-print-search-dirs") || is(asked, "--print-search-dirs")) {
      const char *path = variable("WINARMTOOLS_LIBRARY_PATH");
      return printf("programs: =%s\nlibraries: =%s\n", FOLDER, path ? path : "") < 0;
    }
  }
  if (given.count == 1) {
    const char *only = given.items[0];
    if (is(only, "--version") || is(only, "-v") || is(only, "-dumpversion") ||
        is(only, "-print-libgcc-file-name") || is(only, "-print-multi-os-directory"))
      return zig(of_cxx ? "c++" : "cc", given.items);
  }
  for (char **a = given.items; a && *a; a++) {
    static const char *const makes[] = {"-M", "-MM", "-MD", "-MMD", "-MF", "-MP", 0};
    dependencies |= among(*a, makes);
    is_strict |= is(*a, "-Werror=unused-command-line-argument");
    is_cmake |= strstr(*a, "CMakeScratch") || strstr(*a, "CMakeTmp");
    is_probe |= is_cmake || strstr(*a, "conftest") || strstr(*a, "meson-private") ||
                strstr(*a, "testfile.c");
  }
  if (is_cmake) find_asked(&given);
  if (given.items) translate(&flags, given.items, dependencies);
  /* For those who only want to know what is translated. */
  for (int i = 0; i < flags.count; i++)
    if (is(flags.items[i], "--winarm-stop")) return 0;

  /* What is asked for. */
  for (int i = 0; i < flags.count; i++) {
    const char *flag = flags.items[i];
    if (is(flag, "-c") || is(flag, "-S") || is(flag, "-E") || is(flag, "-M") || is(flag, "-MM") ||
        is(flag, "-fsyntax-only"))
      compiles = 1;
    else if (is(flag, "-shared")) shared = 1;
    else if (is(flag, "-fopenmp")) parallel = 1;
    else if (is(flag, "-o") && i + 1 < flags.count) output = flags.items[++i];
    else if (begins(flag, "-o") && flag[2]) output = flag + 2;
    else if (begins(flag, "-Wl,--out-implib")) import_library = flag;
    else if (begins(flag, "-Wl,--pdb")) pdb = 1;
    else if (is(flag, "-static") || is(flag, "-Wl,-Bstatic")) prefers_static = 1;
    else if (is(flag, "-x") && i + 1 < flags.count) {
      has_language = 1;
      languages |= strstr(flags.items[++i], "c++") ? 2 : 1;
    } else if (is(flag, "-")) listens = inputs = 1;
    else if (begins(flag, "-O")) optimised = is(flag, "-O") || is(flag, "-O2") || is(flag, "-O3") ||
                                             is(flag, "-Ofast");
    else if (*flag != '-') {
      int language = language_of(flag);
      inputs++;
      if (language) add(&sources, flag);
      if (language && !has_language) languages |= language;
    } else if (among(flag, valued) && i + 1 < flags.count) i++;
    else if (is(flag, "-Xlinker") && i + 1 < flags.count) i++;
  }
  if (variable("WINARMTOOLS_LINKAGE") && is(variable("WINARMTOOLS_LINKAGE"), "static"))
    prefers_static = 1;
  if (of_cxx && (languages & 1) && !has_language) languages |= 2; /* g++ reads .c as C++ */
  if (!inputs) return zig(of_cxx ? "c++" : "cc", flags.items ? flags.items : arguments);

  /* A language that is chosen counts for sources only, and before them: -x of /TP. */
  for (int i = flags.count - 2; i >= 0; i--)
    if (is(flags.items[i], "-x")) {
      int first = 0;
      while (first < flags.count && !language_of(flags.items[first])) first++;
      if (is(flags.items[i + 1], "none")) break;
      if (first < i) {
        char *chosen = flags.items[i + 1];
        take(&flags, i, 2);
        insert(&flags, first, chosen);
        insert(&flags, first, "-x");
      } else if (!compiles && !sources.count && !listens) {
        take(&flags, i, 2);
      }
      break;
    }

  add(&command, ZIG);
  add(&command, of_cxx ? "c++" : "cc");
  for (const char *const *flag = base_flags; *flag; flag++) add(&command, *flag);
  if (compiles) add(&command, "-g0");
  else add(&command, "-O2");
  if (languages == 1) {
    /* __try guards loads and stores, too, and not only calls. */
    add(&command, "-Xclang");
    add(&command, "-fasync-exceptions");
  }
  /* clang has no such flag for C++ here: it crashes where there are destructors. */
  for (int i = 0; languages == 2 && i < sources.count; i++) {
    char *text = content(sources.items[i], 0), *guard = "a guard of calls";
    if (text && mentions(text, "__try"))
      report("__try", &guard, 1, "in C++ it does not guard loads and stores of its own function", 1);
    free(text);
  }
  position = command.count;

  char *path = variable("WINARMTOOLS_LIBRARY_PATH");
  for (int i = 0; i < flags.count; i++)
    if (begins(flags.items[i], "-L")) add(&folders, flags.items[i] + 2);
  while (path && *path) {
    char *end = strchr(path, SEPARATOR);
    size_t length = end ? (size_t)(end - path) : strlen(path);
    if (length) add(&folders, copied(path, length));
    path += length + (end != 0);
  }

  if (parallel) {
    add(&command, "-idirafter");
    add(&command, variable("WINARMTOOLS_OPENMP"));
  }

  int split = !compiles && sources.count && !optimised;
  for (int i = 0; i < flags.count; i++) {
    char *flag = flags.items[i];
    if (is(flag, "-o") && i + 1 < flags.count) {
      i++;
    } else if (begins(flag, "-o") && flag[2] && strcmp(flag, "-o")) {
      continue;
    } else if (is(flag, "-Xlinker") && i + 1 < flags.count && begins(flags.items[i + 1], "-Xlink=")) {
      add(&extra, flags.items[++i]);
    } else if (begins(flag, "-Wl,--pdb") || is(flag, "-static")) {
      continue;
    } else if (!compiles && is_variant(flag) && !split) {
      /* Sources that are linked at once are compiled with -O2 or -O3; -g ends with the link. */
      if (sources.count && begins(flag, "-O")) add(&command, flag);
    } else if (languages == 1 && is_standard(flag, 1)) {
      continue;
    } else if (languages == 2 && is_standard(flag, 0)) {
      continue;
    } else if (!compiles && begins(flag, "-l") && flag[2]) {
      char *name = flag + 2, *found;
      if (*name == ':') {
        found = 0;
        for (int j = 0; j < folders.count && !found; j++) {
          found = joined(folders.items[j], "/", name + 1);
          if (kind(found) != 1) found = 0;
        }
        add(&command, found ? found : flag);
        continue;
      }
      link_name(&command, &folders, ends(name, ".lib") ? copied(name, strlen(name) - 4) : name);
    } else if (!compiles && *flag != '-' && ends(flag, ".lib") && !exists(flag) &&
               after_folder(flag) == flag) {
      /* MSVC's spelling of a library. */
      link_name(&command, &folders, copied(flag, strlen(flag) - 4));
    } else if (among(flag, valued) && i + 1 < flags.count) {
      add(&command, flag);
      add(&command, flags.items[++i]);
    } else {
      add(&command, flag);
    }
  }

  if (compiles) {
    int makes_objects = 0;
    for (int i = 0; i < flags.count; i++) makes_objects |= is(flags.items[i], "-c");
    if (preprocesses) insert(&command, position, "-E");
    if (listens) {
      add(&command, output ? "-o" : "");
      if (output) add(&command, output);
      else command.count--, command.items[command.count] = 0;
      return python("listen", command.items, replaced_by);
    }
    if (output) {
      add(&command, "-o");
      add(&command, output);
    } else if (makes_objects && sources.count == 1) {
      add(&command, "-o");
      add(&command, object_name(sources.items[0]));
    } else if (makes_objects && sources.count > 1) {
      for (int i = 0; i < sources.count; i++) {
        list each = {0};
        for (int j = 0; j < command.count; j++) {
          int other = j >= position && *command.items[j] != '-' && language_of(command.items[j]) &&
                      !is(command.items[j], sources.items[i]);
          if (!other) add(&each, command.items[j]);
        }
        add(&each, "-o");
        add(&each, object_name(sources.items[i]));
        int status = run(each.items);
        if (status) return status == -1 ? 1 : status;
      }
      return 0;
    }
    int status = replaced_by(command.items);
    if (status == -1) fail("cannot start ", ZIG);
    return status;
  }

  /* Link. */
  if (!output) output = "a.exe";
  else if (!shared && !strchr(after_folder(output), '.')) output = joined(output, ".exe", "");
  add(&command, "-o");
  add(&command, output);
  if (parallel && (found = find_library(&folders, "omp"))) {
    add(&command, found);
    /* CMake's FindOpenMP reads the library's name from the linker's command line. */
    for (int i = 0; i < flags.count; i++)
      if (is(flags.items[i], "-v")) {
        fprintf(stderr, " \"%s%s-ld\" -o %s -L%.*s -lomp\n", FOLDER, MACHINE, output,
                (int)(after_folder(found) - found - 1), found);
        break;
      }
  }
  if (!split) {
    link_needed(&command, &folders);
    link_named(&command, &folders);
  }
  add(&command, RUNTIME);
  if (shared) add(&command, EXPORTS);
  if (!pdb) add(&command, "-s");
  if (shared && !import_library) {
    char text[32];
    snprintf(text, sizeof text, "winarm-%ld.lib", own_number());
    discarded = joined(temporary_folder(), "/", text);
    add(&command, joined("-Wl,--out-implib,", discarded, ""));
  }
  make_libraries(of_cxx);
  int (*start)(char **) = discarded ? run : replaced_by, status;
  if (split || extra.count) {
    /* That program compiles each source by itself, or links again with what zig does not hand on. */
    list rest = {0};
    for (int i = 0; i < extra.count; i++) add(&rest, extra.items[i]);
    add(&rest, "--");
    for (int i = 0; i < command.count; i++) add(&rest, command.items[i]);
    status = python(split ? "split" : "relink", rest.items, start);
  } else {
    status = start(command.items);
  }
  if (discarded) removed(discarded);
  if (status == -1) fail("cannot start ", ZIG);
  return status;
}

/* ---- names ----------------------------------------------------------------------------------------- */

static int call(char **argv) {
  char *tool = lowered(after_folder(argv[0]));
  if (ends(tool, ".exe")) tool[strlen(tool) - 4] = 0;
  if (begins(tool, MACHINE "-")) tool += strlen(MACHINE) + 1;
  if (!variable("ZIG_GLOBAL_CACHE_DIR")) set_variable("ZIG_GLOBAL_CACHE_DIR", CACHE);
  if (is(tool, "clang") || is(tool, "gcc") || is(tool, "cc")) return compile(0, 0, argv + 1);
  if (is(tool, "clang++") || is(tool, "g++") || is(tool, "c++")) return compile(1, 0, argv + 1);
  if (is(tool, "cpp")) return compile(0, 1, argv + 1);
  if (is(tool, "ar") || is(tool, "ranlib")) return zig(tool, argv + 1);
  return python(tool, argv + 1, replaced_by);
}

#ifdef _WIN32
int main(void) {
  int count;
  wchar_t **wides = CommandLineToArgvW(GetCommandLineW(), &count);
  char **argv = get((count + 1) * sizeof *argv);
  for (int i = 0; i < count; i++) argv[i] = narrow(wides[i]);
  argv[count] = 0;
  return call(argv);
}
#else
int main(int count, char **argv) {
  return count < 1 ? 1 : call(argv);
}
#endif
