// The instruction sets of this build: the functions that each part of the module has for them, found by a set's name.
#pragma once

#include <initializer_list>
#include <stdexcept>
#include <string>

// MIXTURA_DECLARE(Type, name) declares a part's functions for each set; MIXTURA_BUILT(name) lists them.
#ifdef MIXTURA_X86
#define MIXTURA_DECLARE(Type, name)                   \
  namespace mixtura {                                 \
  namespace plain { extern const Type name; }         \
  namespace avx2 { extern const Type name; }          \
  namespace avx512 { extern const Type name; }        \
  }
#define MIXTURA_BUILT(name) {&mixtura::plain::name, &mixtura::avx2::name, &mixtura::avx512::name}
#else
#define MIXTURA_DECLARE(Type, name)                   \
  namespace mixtura {                                 \
  namespace plain { extern const Type name; }         \
  }
#define MIXTURA_BUILT(name) {&mixtura::plain::name}
#endif

namespace mixtura {

// The caller names a set that the processor has: mixtura.kernels.native lists those.
template <class Functions>
const Functions& named(std::initializer_list<const Functions*> built, const std::string& name) {
  for (const Functions* functions : built)
    if (functions->name == name) return *functions;
  throw std::invalid_argument("this build has no instruction set '" + name + "'");
}

}  // namespace mixtura
