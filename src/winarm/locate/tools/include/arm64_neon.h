/* Microsoft's name for it. */
#include <arm_neon.h>
