import { throwNull } from '../values/exception.ts';
import { ApexDouble, toFloat, type ApexNumber } from '../values/numbers.ts';
import { Bean, beanClass, newBean } from './beans.ts';

/** Kilometres and miles of the Earth's radius. */
const RADIUS: Readonly<Record<string, number>> = { km: 6371.0088, mi: 3958.7613 };

const degrees = (place: Bean | null, name: string): number => {
  const value = (place ?? throwNull()).get(name);
  return value instanceof ApexDouble ? value.value : throwNull();
};

/** The way over the globe between two places, by the haversine formula. */
function distance(from: Bean | null, to: Bean | null, unit: string): ApexDouble {
  const radians = (value: number): number => (value * Math.PI) / 180;
  const north = radians(degrees(to, 'latitude') - degrees(from, 'latitude'));
  const east = radians(degrees(to, 'longitude') - degrees(from, 'longitude'));
  const half =
    Math.sin(north / 2) ** 2 +
    Math.cos(radians(degrees(from, 'latitude'))) *
      Math.cos(radians(degrees(to, 'latitude'))) *
      Math.sin(east / 2) ** 2;
  return new ApexDouble((RADIUS[unit.toLowerCase()] ?? throwNull()) * 2 * Math.asin(Math.sqrt(half)));
}

beanClass('System.Location', {
  statics: {
    'newInstance/2': (latitude: ApexNumber | null, longitude: ApexNumber | null) =>
      newBean('System.Location', {
        latitude: new ApexDouble(toFloat(latitude ?? throwNull())),
        longitude: new ApexDouble(toFloat(longitude ?? throwNull())),
      }),
    'getDistance/3': distance,
  },
  methods: { 'getDistance/2': distance },
});
beanClass('System.Address', {
  methods: { 'getDistance/2': (from: Bean, to: Bean, unit: string) => distance(from, to, unit) },
});
