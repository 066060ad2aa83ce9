/* Microsoft's intrinsics for ARM64, all of which clang has built in, and their constants. */
#ifndef WINARM_ARM64INTR_H
#define WINARM_ARM64INTR_H

typedef enum _tag_ARM64INTR_BARRIER_TYPE {
  _ARM64_BARRIER_SY = 0xF,
  _ARM64_BARRIER_ST = 0xE,
  _ARM64_BARRIER_LD = 0xD,
  _ARM64_BARRIER_ISH = 0xB,
  _ARM64_BARRIER_ISHST = 0xA,
  _ARM64_BARRIER_ISHLD = 0x9,
  _ARM64_BARRIER_NSH = 0x7,
  _ARM64_BARRIER_NSHST = 0x6,
  _ARM64_BARRIER_NSHLD = 0x5,
  _ARM64_BARRIER_OSH = 0x3,
  _ARM64_BARRIER_OSHST = 0x2,
  _ARM64_BARRIER_OSHLD = 0x1
} _ARM64INTR_BARRIER_TYPE;

#ifdef __cplusplus
extern "C" {
#endif
void __dmb(unsigned int);
void __dsb(unsigned int);
void __isb(unsigned int);
void __yield(void);
void __wfe(void);
void __wfi(void);
void __sev(void);
void __sevl(void);
void __break(int);
void __prefetch(const void *);
unsigned long long __getReg(int);
long long _ReadStatusReg(int);
void _WriteStatusReg(int, long long);
unsigned long long __umulh(unsigned long long, unsigned long long);
long long __mulh(long long, long long);

double _CopyDoubleFromInt64(long long);
float _CopyFloatFromInt32(int);
int _CopyInt32FromFloat(float);
long long _CopyInt64FromDouble(double);

unsigned int _CountLeadingOnes(unsigned long);
unsigned int _CountLeadingOnes64(unsigned long long);
unsigned int _CountLeadingSigns(long);
unsigned int _CountLeadingSigns64(long long);
unsigned int _CountLeadingZeros(unsigned long);
unsigned int _CountLeadingZeros64(unsigned long long);
unsigned int _CountOneBits(unsigned long);
unsigned int _CountOneBits64(unsigned long long);

/* The thread's environment block, which is in x18. */
#define WINARM_X18(size, type)                    \
  type __readx18##size(unsigned long);            \
  void __writex18##size(unsigned long, type);     \
  void __addx18##size(unsigned long, type);       \
  void __incx18##size(unsigned long);
WINARM_X18(byte, unsigned char)
WINARM_X18(word, unsigned short)
WINARM_X18(dword, unsigned long)
WINARM_X18(qword, unsigned long long)
#undef WINARM_X18

/* Each order of memory, for each size. */
#define WINARM_ORDERS(type, name, ...) \
  type name##_acq(type volatile *, ##__VA_ARGS__);  \
  type name##_nf(type volatile *, ##__VA_ARGS__);   \
  type name##_rel(type volatile *, ##__VA_ARGS__);
#define WINARM_SIZE(type, size)                                        \
  WINARM_ORDERS(type, _InterlockedAnd##size, type)                     \
  WINARM_ORDERS(type, _InterlockedCompareExchange##size, type, type)   \
  WINARM_ORDERS(type, _InterlockedExchange##size, type)                \
  WINARM_ORDERS(type, _InterlockedExchangeAdd##size, type)             \
  WINARM_ORDERS(type, _InterlockedOr##size, type)                      \
  WINARM_ORDERS(type, _InterlockedXor##size, type)
#define WINARM_STEPS(type, size)                     \
  WINARM_ORDERS(type, _InterlockedDecrement##size)   \
  WINARM_ORDERS(type, _InterlockedIncrement##size)
#define WINARM_ADD(type, size)                       \
  type _InterlockedAdd##size(type volatile *, type); \
  WINARM_ORDERS(type, _InterlockedAdd##size, type)
WINARM_SIZE(char, 8)
WINARM_SIZE(short, 16)
WINARM_SIZE(long, )
WINARM_SIZE(long long, 64)
WINARM_STEPS(short, 16)
WINARM_STEPS(long, )
WINARM_STEPS(long long, 64)
WINARM_ADD(long, )
WINARM_ADD(long long, 64)
#undef WINARM_ADD
#undef WINARM_STEPS
#undef WINARM_SIZE
#undef WINARM_ORDERS

#define WINARM_ORDERS(type, name, ...) \
  type name##_acq(__VA_ARGS__);        \
  type name##_nf(__VA_ARGS__);         \
  type name##_rel(__VA_ARGS__);
WINARM_ORDERS(void *, _InterlockedExchangePointer, void *volatile *, void *)
WINARM_ORDERS(void *, _InterlockedCompareExchangePointer, void *volatile *, void *, void *)
WINARM_ORDERS(unsigned char, _interlockedbittestandset, long volatile *, long)
WINARM_ORDERS(unsigned char, _interlockedbittestandreset, long volatile *, long)
WINARM_ORDERS(unsigned char, _interlockedbittestandset64, long long volatile *, long long)
WINARM_ORDERS(unsigned char, _interlockedbittestandreset64, long long volatile *, long long)
WINARM_ORDERS(unsigned char, _InterlockedCompareExchange128, long long volatile *, long long,
              long long, long long *)
unsigned char _InterlockedCompareExchange128(long long volatile *, long long, long long,
                                             long long *);
#undef WINARM_ORDERS

static __inline__ __attribute__((__always_inline__)) void __nop(void) { __asm__ volatile("nop"); }
#ifdef __cplusplus
}
#endif

#ifndef ARM64_SYSREG
#define ARM64_SYSREG(op0, op1, crn, crm, op2) \
  (((op0 & 1) << 14) | ((op1 & 7) << 11) | ((crn & 15) << 7) | ((crm & 15) << 3) | ((op2 & 7) << 0))
#endif
#define ARM64_CNTVCT ARM64_SYSREG(3, 3, 14, 0, 2)
#define ARM64_TPIDR_EL0 ARM64_SYSREG(3, 3, 13, 0, 2)

#endif
