using System.Runtime.CompilerServices;
using Weerbaarheid.Relay.Wire.Primitives;

namespace Weerbaarheid.Relay.Wire.Messages;

/// <summary>The sentences that say what is wrong and where.</summary>
internal ref partial struct BodyReader
{
    /// <summary>Remembers that a message as a whole breaks a rule, unless something was wrong before.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Refuse(string what) => Remember($"{MessageRules.NameOf(_type)}: {what}.");

    // The sentences are made out of line: their scratch space would otherwise be cleared on every call that goes well.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Wrong(string name, PackOutcome outcome, string expected) => Fail(name, outcome switch
    {
        PackOutcome.Truncated => "is cut off",
        PackOutcome.TooDeep => $"is nested more than {PackReader.MaxDepth} deep",
        PackOutcome.NotText => "is not UTF-8",
        _ => $"is not {expected}",
    });

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void FailTooMany(string name, int count, string what, int limit) =>
        Fail(name, $"has {count} {what}; at most {limit} are allowed");

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Fail<T>(string name, string verb, T value, string rest) => Fail(name, $"{verb} {value}{rest}");

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Fail(string name, string what) =>
        Remember($"{MessageRules.NameOf(_type)}: field {Field} ({name}) {what}, at byte {_at}.");

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void RefuseOutside(string name, ulong value, int least, int most) => Refuse($"{name} is {value}; it must be {least} to {most}");

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void RefuseMissing(string name) => Refuse($"{name} is missing");

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void RefuseRest() => Refuse($"bytes follow the body, from byte {_at}");

    /// <summary>Keeps the first problem, and leaves no field to be read after it.</summary>
    private void Remember(string problem)
    {
        _problem ??= problem;
        _left = 0;
    }
}
