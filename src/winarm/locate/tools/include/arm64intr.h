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
unsigned long long __umulh(unsigned long long, unsigned long long);
long long __mulh(long long, long long);
unsigned char _InterlockedCompareExchange128(long long volatile *, long long, long long,
                                             long long *);
unsigned char _InterlockedCompareExchange128_acq(long long volatile *, long long, long long,
                                                 long long *);
unsigned char _InterlockedCompareExchange128_nf(long long volatile *, long long, long long,
                                                long long *);
unsigned char _InterlockedCompareExchange128_rel(long long volatile *, long long, long long,
                                                 long long *);
long long _ReadStatusReg(int);
void _WriteStatusReg(int, long long);
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
