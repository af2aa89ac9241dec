/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A guest system of a few hundred octets, for QEMU's -kernel (multiboot). It writes 40 sectors to its first IDE
 * disk, with a flush after each. It reports made-up numbers to its virtio balloon, so that a test knows which ones
 * to expect. And it keeps its first vCPU busy. Build it with -m32 -ffreestanding -nostdlib; it has no libc. */

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned u32;
typedef unsigned long long u64;

/* The header that makes it a kernel: magic, flags, checksum. Then the entry, with a stack of its own. */
__asm__(".section .text\n"
        ".align 4\n"
        ".long 0x1badb002, 0, -0x1badb002\n"
        ".global _start\n"
        "_start:\n"
        "    mov $stack + 8192, %esp\n"
        "    jmp run\n");

u8 stack[8192];

/* A device may read memory once a port is written, so the compiler must not keep memory in registers then. */
static void write8(u16 port, u8 value)
{
    __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port) : "memory");
}

static void write16(u16 port, u16 value)
{
    __asm__ volatile("outw %0, %1" : : "a"(value), "Nd"(port) : "memory");
}

static void write32(u16 port, u32 value)
{
    __asm__ volatile("outl %0, %1" : : "a"(value), "Nd"(port) : "memory");
}

static u8 read8(u16 port)
{
    u8 value;

    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static u16 read16(u16 port)
{
    u16 value;

    __asm__ volatile("inw %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static u32 read32(u16 port)
{
    u32 value;

    __asm__ volatile("inl %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

/* ---- The disk: ATA, with 16 bits at a time ---- */

enum { ATA_DATA = 0x1f0, ATA_COUNT = 0x1f2, ATA_LBA = 0x1f3, ATA_DRIVE = 0x1f6, ATA_COMMAND = 0x1f7 };
enum { ATA_BUSY = 0x80, ATA_WANTS_DATA = 0x08, ATA_WRITE = 0x30, ATA_FLUSH = 0xe7, ATA_NOTHING = 0xff };

static void wait_for_disk(void)
{
    while (read8(ATA_COMMAND) & ATA_BUSY)
        continue;
}

static void write_sector(u8 sector)
{
    write8(ATA_DRIVE, 0xe0);
    write8(ATA_COUNT, 1);
    write8(ATA_LBA, sector);
    write8(ATA_LBA + 1, 0);
    write8(ATA_LBA + 2, 0);
    write8(ATA_COMMAND, ATA_WRITE);
    wait_for_disk();
    if (!(read8(ATA_COMMAND) & ATA_WANTS_DATA))
        return;
    for (int i = 0; i < 256; i++)
        write16(ATA_DATA, 0x4711);
    wait_for_disk();
    write8(ATA_COMMAND, ATA_FLUSH);
    wait_for_disk();
}

/* ---- The balloon: virtio 0.9 over PCI ---- */

enum { PCI_ADDRESS = 0xcf8, PCI_DATA = 0xcfc, BALLOON_ID = 0x10021af4 };
enum { FEATURES = 4, QUEUE_PAGE = 8, QUEUE_SIZE = 12, QUEUE_SELECT = 14, QUEUE_NOTIFY = 16, STATUS = 18 };
enum { STATS_FEATURE = 1 << 1, STATS_QUEUE = 2, SIZE_MAX = 1024 };

struct number {
    u16 tag;
    u64 value; /* memory is in octets */
} __attribute__((packed));

static const struct number numbers[] = {
    { 0, 1111 * 1024 },  /* swapped in */
    { 1, 2222 * 1024 },  /* swapped out */
    { 2, 3333 },         /* major faults */
    { 3, 4444 },         /* minor faults */
    { 4, 5555 * 1024 },  /* free: unused */
    { 5, 26666 * 1024 }, /* total: available */
    { 6, 17777 * 1024 }, /* available: usable */
    { 7, 8888 * 1024 },  /* disk caches */
};

static u8 queue[32768] __attribute__((aligned(4096)));

static u32 pci_read(u32 device, u32 offset)
{
    write32(PCI_ADDRESS, 0x80000000u | device << 11 | offset);
    return read32(PCI_DATA);
}

/* The I/O ports of the balloon; 0: there is none. */
static u16 find_balloon(void)
{
    for (u32 device = 0; device < 32; device++)
        if (pci_read(device, 0) == BALLOON_ID) {
            write32(PCI_ADDRESS, 0x80000000u | device << 11 | 4);
            write32(PCI_DATA, 7); /* it may use ports and memory */
            return (u16)(pci_read(device, 16) & 0xfffcu);
        }
    return 0;
}

/* Returns the size of the queue, which is 1024 in QEMU 10.0. Its parts: 16 octets for each descriptor,
 * then the ring of what is available, and from the next page on the ring of what is used. */
static u32 start_balloon(u16 ports)
{
    volatile u32 *descriptor = (u32 *)(void *)queue;
    u32 size;

    write8(ports + STATUS, 0);
    write8(ports + STATUS, 1 | 2); /* seen, and there is a driver */
    write32(ports + FEATURES, STATS_FEATURE);
    write16(ports + QUEUE_SELECT, STATS_QUEUE);
    size = read16(ports + QUEUE_SIZE);
    if (size == 0 || size > SIZE_MAX)
        return 0;
    descriptor[0] = (u32)(void *)numbers;
    descriptor[2] = sizeof(numbers);
    write32(ports + QUEUE_PAGE, (u32)(void *)queue / 4096);
    write8(ports + STATUS, 1 | 2 | 4); /* the driver is ready */
    return size;
}

void run(void)
{
    u16 ports = find_balloon();
    u32 size = ports ? start_balloon(ports) : 0;
    volatile u16 *available = (u16 *)(void *)(queue + size * 16);
    volatile u16 *used = (u16 *)(void *)(((u32)(available + 3 + size) + 4095) & ~4095u);
    u16 offered = 0;

    for (u8 sector = 0; sector < 40 && read8(ATA_COMMAND) != ATA_NOTHING; sector++)
        write_sector(sector);
    for (;;)
        if (size > 0 && used[1] == offered) { /* the balloon took the last offer */
            available[1] = ++offered;
            write16(ports + QUEUE_NOTIFY, STATS_QUEUE);
        }
}
