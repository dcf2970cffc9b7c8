"""The compiler of the rules, numba: a process that finds machine code for all its rules never imports it."""

import functools
import os
from collections.abc import Callable, Sequence
from typing import Any

os.environ["NUMBA_DISABLE_INTEL_SVML"] = "1"  # another library of exp and log would give other last bits

import llvmlite.binding as llvm
import numba
from llvmlite import ir
from numba.core import cgutils, types
from numba.core.sigutils import normalize_signature
from numba.extending import intrinsic

# LLVM computes several worlds at once where it has checked that no output overlaps an input; by default it does not even
# try with as many arrays as a rule has. The results are the same to the bit.
llvm.set_option("", "-runtime-memory-check-threshold=1000")
_INPUTS = types.CPointer(types.int64), types.CPointer(types.float64)
_OPTIONS: dict[str, Any] = {"error_model": "numpy", "nogil": True, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}


@functools.cache
def scalar_of(function: Callable[..., Any]) -> Any:
    """Return a scalar function compiled to be put into loops."""
    return numba.njit(forceinline=True, **_OPTIONS)(function)


def helper_of(function: Callable[..., Any]) -> Any:
    """Return a scalar function compiled to be called from others, and from Python."""
    return numba.njit(error_model="numpy", nogil=True, forceinline=True)(function)


def machine_code(source: str, namespace: dict[str, Any], signature: str) -> tuple[str, bytes]:
    """Compile the function `loop` of a source; return its symbol and its machine code, which needs nothing of numba."""
    names = {"pointer": _pointer, "call": _call, **namespace}
    exec(compile(source, "<a rule>", "exec"), names)
    function = numba.njit(_nrt=False, **_OPTIONS)(names["loop"])
    inputs, _ = normalize_signature(signature)
    function.compile(inputs)
    result = function.overloads[inputs]
    symbol: str = result.fndesc.llvm_func_name
    result.library.get_pointer_to_function(symbol)  # as of which there is machine code
    _, _, (code, _) = result.library.serialize_using_object_code()
    return symbol, code


@intrinsic
def _call(typing_context: Any, entry: Any, words: Any) -> Any:  # numba's signature
    """Call the rule at an address with the address of its words; return 0, or another number if the rule failed."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Sequence[Any]) -> Any:
        place, words_type, numbers_type, status = map(context.get_value_type, (types.voidptr, *_INPUTS, types.int32))
        function_type = ir.FunctionType(status, [place.as_pointer(), place.as_pointer(), words_type, numbers_type])
        address, block = arguments
        returned, error = (cgutils.alloca_once(builder, place) for _ in range(2))
        function = builder.inttoptr(address, function_type.as_pointer())
        inputs = [returned, error, builder.inttoptr(block, words_type), builder.inttoptr(block, numbers_type)]
        return builder.call(function, inputs)

    return types.int32(types.int64, types.int64), generate


@intrinsic
def _pointer(typing_context: Any, address: Any, kind: Any) -> Any:  # numba's signature
    """Return an address as a pointer to numbers of a kind such as `f8`."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Sequence[Any]) -> Any:
        return builder.inttoptr(arguments[0], context.get_value_type(signature.return_type))

    return types.CPointer(kind.dtype)(types.int64, kind), generate
