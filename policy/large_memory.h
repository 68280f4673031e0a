#pragma once
// Memory for tables of many megabytes: in large pages where the system has them, because a look-up at a
// random place otherwise waits twice, for the page table and for the octets.

#include <sys/mman.h>

#include <cstdlib>
#include <new>

namespace policy {

template <class T>
class LargeMemory {
 public:
  using value_type = T;
  LargeMemory() = default;
  template <class Other>
  LargeMemory(const LargeMemory<Other>&) {}

  T* allocate(std::size_t count) {
    const std::size_t octets = count * sizeof(T);
    if (octets < kPage) return static_cast<T*>(::operator new(octets, kAlignment));
    const std::size_t whole = (octets + kPage - 1) / kPage * kPage;
    void* memory = std::aligned_alloc(kPage, whole);
    if (!memory) throw std::bad_alloc();
    ::madvise(memory, whole, MADV_HUGEPAGE);  // where it fails, pages are small
    return static_cast<T*>(memory);
  }
  void deallocate(T* memory, std::size_t count) {
    if (count * sizeof(T) < kPage) return ::operator delete(memory, kAlignment);
    std::free(memory);
  }
  friend bool operator==(const LargeMemory&, const LargeMemory&) { return true; }

 private:
  static constexpr std::size_t kPage = 2 << 20;
  static constexpr std::align_val_t kAlignment{alignof(T)};
};

}  // namespace policy
